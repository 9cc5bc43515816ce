"""The Textual app: shows and asks; no format, no SQL, no path."""
