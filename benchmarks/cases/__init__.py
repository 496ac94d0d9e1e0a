"""One file a question. To add one: a module with STEPS and figures(), and its name in CASES."""

CASES = ("whole_run", "in_memory", "one_panel", "long_table", "two_jobs", "peers", "cluster")
