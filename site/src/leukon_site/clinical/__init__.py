"""What the pages ask leukon: limits, agreement, causes, urgency, sources. No page types a number.

Nothing here knows of Django: plain values, made once for a definition and kept.
"""
