"""Edits of tools: they live in the domain, since exports show them too."""

from __future__ import annotations

from sessiontui.domain.edit_diff import DiffKind, DiffLine, EditDiff, edit_of

__all__ = ["DiffKind", "DiffLine", "EditDiff", "edit_of"]
