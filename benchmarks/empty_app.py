"""An empty Textual app: the floor of every start and every step.

`python -m benchmarks.empty_app` runs it in the terminal.
"""

from __future__ import annotations

from textual.app import App


class EmptyApp(App[None]):
    """What Textual itself costs."""


if __name__ == "__main__":
    EmptyApp().run()
