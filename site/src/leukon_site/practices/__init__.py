"""The practice whose site this is: its name, its limits, its emergency number, its links."""
