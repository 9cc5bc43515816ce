"""JSON is accepted as strictly as the owners of stores accept it, and refused with a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.storage.json_text import (
    RAW_LIMIT,
    JsonRefused,
    decode_json,
    raw_text,
    whole_number,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(value=VALUES)
@settings(max_examples=100, deadline=None)
def test_sound_json_is_accepted(value: object) -> None:
    for escaped in (True, False):
        data = json.dumps(value, ensure_ascii=escaped).encode()
        assert decode_json(data, unique_keys=True) == value


@given(
    data=st.binary(max_size=40) | st.text(alphabet='{}[]",:\\u0dn1e', max_size=20).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        value = decode_json(data, unique_keys=True)
    except JsonRefused as refused:
        value = str(refused)
    json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"\xef\xbb\xbf{}", "starts with a byte order mark"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b'["\\ud800"]', "holds half of a surrogate pair"),
        (b'{"\\udc00": 1}', "holds half of a surrogate pair"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "holds a number that is too long"),
        (b"{} {}", "not JSON: extra data at character 3"),
        (b"", "not JSON: expecting value at character 0"),
    ],
)
def test_what_others_refuse_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(JsonRefused) as caught:
        decode_json(data)
    assert str(caught.value) == reason


def test_a_key_that_stands_twice_is_refused_only_where_it_matters() -> None:
    assert decode_json(b'{"a": 1, "a": 2}') == {"a": 2}
    for data in (b'{"a": 1, "a": 2}', b'[{"b": {"a": 1, "a": 1}}]'):
        with pytest.raises(JsonRefused, match="a key stands twice"):
            decode_json(data, unique_keys=True)


def test_surrogates_are_accepted_where_their_owner_accepts_them() -> None:
    assert decode_json(b'["\\ud800"]', surrogates=True) == ["\ud800"]
    assert decode_json(b'["\\ud83d\\ude00 \\\\ud800"]') == ["\U0001f600 \\ud800"]


@given(data=st.binary(max_size=64))
@settings(max_examples=100, deadline=None)
def test_raw_text_can_always_be_encoded(data: bytes) -> None:
    raw_text(data).encode()


def test_raw_text_is_cut() -> None:
    assert raw_text(b"x" * 5 * RAW_LIMIT) == "x" * RAW_LIMIT + "…"
    assert raw_text(b"a\xffb") == "a\\xffb"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (-1, -1),
        (3.5, None),
        (True, None),
        ("3", None),
        (None, None),
        (float("inf"), None),
        (float("nan"), None),
        (1e300, int(1e300)),
    ],
)
def test_whole_numbers_are_told_from_what_only_looks_like_one(
    value: object, expected: int | None
) -> None:
    found = whole_number(value)
    assert found == expected
    assert type(found) is type(expected)
