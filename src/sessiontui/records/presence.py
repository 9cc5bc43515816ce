"""Whether the stores of a format can be there at all: told before its backend is imported.

Importing a backend takes longer than all of its looking around, and most people have few of the
programs. The functions here stand in the entry-point group `sessiontui.presence`, and look at
nothing but whether paths exist.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from sessiontui.domain.backend import Place, Surroundings
from sessiontui.records.hermes_bot_places import candidate_stores
from sessiontui.records.zeroclaw_places import (
    ACP_DATABASE,
    CHAT_DATABASE,
    database_places,
    folder_places,
)


class Home(NamedTuple):
    """A program's own folder: named by an environment variable, else below the user's home."""

    variable: str
    folder: str

    def place(self, surroundings: Surroundings) -> Place:
        """Where it is, whether or not it is there."""
        return surroundings.place_of(self.variable, self.folder)

    def is_there(self, surroundings: Surroundings) -> bool:
        """Whether there is a folder."""
        try:
            return self.place(surroundings).path.is_dir()
        except OSError:
            return False


CLAUDE_CODE = Home("CLAUDE_CONFIG_DIR", ".claude")
CODEX = Home("CODEX_HOME", ".codex")
ASTRID = (Home("ASTRID_HOME", ".astrid"), Home("ASTRALIS_HOME", ".astralis"))
"""Its own, and the one of its first name."""


def has_claude_code(surroundings: Surroundings) -> bool:
    """Whether Claude Code was used."""
    return CLAUDE_CODE.is_there(surroundings)


def has_codex(surroundings: Surroundings) -> bool:
    """Whether Codex was used."""
    return CODEX.is_there(surroundings)


def has_astrid(surroundings: Surroundings) -> bool:
    """Whether astrid was used."""
    return any(home.is_there(surroundings) for home in ASTRID)


def has_hermes_bot(surroundings: Surroundings) -> bool:
    """Whether a file lies where hermes-bot would keep its store."""
    return any(os.path.lexists(place.path) for place in candidate_stores(surroundings))


def has_zeroclaw_chats(surroundings: Surroundings) -> bool:
    """Whether zeroclaw has a database of chats."""
    return bool(database_places(surroundings, CHAT_DATABASE))


def has_zeroclaw_acp(surroundings: Surroundings) -> bool:
    """Whether zeroclaw has a database of ACP sessions."""
    return bool(database_places(surroundings, ACP_DATABASE))


def has_zeroclaw_files(surroundings: Surroundings) -> bool:
    """Whether zeroclaw has sessions in files of their own."""
    return bool(folder_places(surroundings))


def is_never_found(_surroundings: Surroundings) -> bool:
    """Stores in memory are made, never found."""
    return False
