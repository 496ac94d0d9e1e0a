"""For machines: what a page is about (schema.org), its languages, the list of all pages, infobutton."""
