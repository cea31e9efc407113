"""Office documents of every make: compound files, macros, objects, links, locks."""
