"""PDF (ISO 32000-1), however damaged: values, objects, actions, files, pages."""
