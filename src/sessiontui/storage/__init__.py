"""How bytes and rows are read and written safely; knows no format."""
