"""What the values of the program have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, dataclass_transform

import msgspec

if TYPE_CHECKING:
    JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
else:
    # Decoders look at annotations, and cannot follow one that leads to itself.
    JsonValue = Any


class _Replaceable(msgspec.Struct, frozen=True):
    """What the values here have in common."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values in some fields. Raises `TypeError` for one it has not."""
        return msgspec.structs.replace(self, **changes)


class _ByKeyword(msgspec.StructMeta):
    """Fields of every value are given by name, also those of a class derived from it."""

    def __new__(cls, *given: Any, **config: Any) -> Any:
        return super().__new__(cls, *given, **{"kw_only": True, **config})


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Value(_Replaceable, metaclass=_ByKeyword, frozen=True, forbid_unknown_fields=True, gc=False):
    """A value that never changes and has no unknown fields; it holds no cycles.

    Types are those of the annotations because mypy says so: what comes from outside is checked
    where it is decoded, not again wherever a value is made.
    """


@dataclass_transform(frozen_default=True)
class PlainValue(_Replaceable, frozen=True):
    """A value of a few fields, given by position or by name.

    It is no tuple, and costs a tenth of a named one to declare and a third to make.
    """
