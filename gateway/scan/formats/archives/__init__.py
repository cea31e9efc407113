"""Archives and compressed streams, within bounds."""
