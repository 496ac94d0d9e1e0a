"""How a page speaks its language: numbers, leukon's own sentences, the words of pictures.

A translation that nobody has checked may be wrong where it matters most. Until the head of its
catalogue names a checker, the English stands beside everything about how soon to go.
"""
