"""One module per store format, independent of each other."""
