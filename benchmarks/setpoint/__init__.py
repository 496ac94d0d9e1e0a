"""How well a person's own band holds: on simulated people, against other methods."""
