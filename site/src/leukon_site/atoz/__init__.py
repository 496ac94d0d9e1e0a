"""The A to Z: a page for every symptom, condition, test and drug that leukon's content names.

`entries` and the rooms beside it read leukon's content as plain values and know nothing of Django;
`views` show them, with what an editor wrote (`models`) above.
"""
