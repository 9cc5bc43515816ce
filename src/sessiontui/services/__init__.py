"""What the program does: catalogue, index, sync, watch, act, undo."""
