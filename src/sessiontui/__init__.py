"""sessiontui: see, search and look after the sessions of your agents, in a terminal."""

__version__ = "0.1.0"
