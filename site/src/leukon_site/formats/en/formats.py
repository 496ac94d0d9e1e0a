"""How English pages write a day: 24 November 2026, which nobody reads as another day."""

DATE_FORMAT = "j F Y"
