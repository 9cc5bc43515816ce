"""Names for things: no input or output, no framework."""
