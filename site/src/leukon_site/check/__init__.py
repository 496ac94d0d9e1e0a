"""Check my count: the numbers of a report are read strictly, echoed back, and answered in words."""
