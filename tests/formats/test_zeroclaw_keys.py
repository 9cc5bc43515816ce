"""Keys, times and titles of zeroclaw sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.records.zeroclaw_keys import decoded_file_name, native_id, sanitised
from sessiontui.records.zeroclaw_times import split_time_prefix, with_time_prefix
from sessiontui.records.zeroclaw_titles import title_of


@pytest.mark.parametrize(
    ("zone", "hour"), [("CEST", 7), ("UTC", 9), ("+05:30", 3), ("-03", 12), ("EST", 14)]
)
def test_a_time_prefix_becomes_the_messages_time(zone: str, hour: int) -> None:
    at, text = split_time_prefix(f"[2026-05-02 09:15:00 {zone}] what is this?")
    assert at is not None
    assert (at.day, at.hour, text) == (2, hour, "what is this?")


@pytest.mark.parametrize(
    "text",
    ["[2026-05-02 09:15:00 CST] x", "[2026-13-02 09:15:00 UTC] x", "[2026-05-02 09:15:00] x"],
)
def test_a_time_prefix_that_is_not_certain_stays_in_the_text(text: str) -> None:
    assert split_time_prefix(text) == (None, text)


def test_trap_21_titles_come_from_the_first_words_a_person_typed() -> None:
    assert title_of("user", "[2026-05-02 09:15:00 CST] [IMAGE:/a.png] what  is\n this?") == (
        "what is this?"
    )
    assert title_of("user", "[Fam from kim]\nhello", group_labels=True) == "hello"
    assert title_of("user", '[Tool results]\n<tool_result name="x">y</tool_result>') is None
    assert title_of("user", "[IMAGE:/a.png]") is None
    assert title_of("user", "[context continues]") is None
    assert title_of("assistant", "hello") is None
    assert title_of("user", "   ") is None
    long = title_of("user", "word " * 500)
    assert long is not None
    assert len(long) <= 200


def test_behaviour_1_keys_are_sanitised_for_file_names() -> None:
    assert sanitised("slack_C123_1.2_user one") == "slack_C123_1_2_user_one"
    assert sanitised("../tenant\\user/channel") == "___tenant_user_channel"
    assert sanitised("webhook_Алиса") == "webhook_Алиса"
    assert sanitised("") == ""


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_behaviour_1_sanitising_is_idempotent_and_keeps_the_length(key: str) -> None:
    once = sanitised(key)
    assert sanitised(once) == once
    assert len(once) == len(key)


def test_ids_and_old_file_names_are_decoded_for_people_only() -> None:
    assert native_id("gw_6f1e") == "6f1e"
    assert native_id("rpc_6f1e") == "6f1e"
    assert native_id("telegram_1") is None
    assert decoded_file_name("telegram%40bot_77") == "telegram@bot_77"
    assert decoded_file_name("telegram_77") is None


def test_a_time_survives_in_a_line_that_has_no_other_place_for_it() -> None:
    at = datetime(2026, 5, 2, 9, 15, tzinfo=UTC)
    assert split_time_prefix(with_time_prefix("hello", at)) == (at, "hello")
