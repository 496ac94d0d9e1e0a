"""How much memory a process of its own took at most.

The peak that getrusage tells of a child is at least that of the process that started it: beside
thousands of tests it would hide whatever the child takes. What /proc says begins with the program.
"""

PEAK = 'int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) // 1024'
"""Python that a process runs in the end: its peak in MB."""
