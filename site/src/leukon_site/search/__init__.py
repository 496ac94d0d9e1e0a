"""Search over everything: leukon's content in memory, what editors wrote by Wagtail's search.

Content changes only with a release, so its index is made when it is first asked and is never stale.
What somebody searched for is written nowhere.
"""
