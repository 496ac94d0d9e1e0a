"""How every page looks and what every answer carries: templates, one style sheet, headers."""
