"""What follows from the order of messages: turns, paired results, gaps, sizes."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.message import Message, OpaqueBlock, Role, ThinkingBlock, ToolResultBlock
from sessiontui.ui.widgets.message_flow import MessageFlow, continues
from tests.transcripts import call, every_kind, message, result


def flow_of(*messages: Message) -> MessageFlow:
    return MessageFlow(messages, UTC)


def results_of(flow: MessageFlow, position: int) -> dict[int, str]:
    """The paired results of a message: block to text."""
    return {ordinal: paired.block.text for ordinal, paired in flow.setting(position).results}


def test_a_result_belongs_to_the_call_of_its_id() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1"), call("b", call_id="2")),
        message(1, Role.TOOL, result("two", "2")),
        message(2, Role.TOOL, result("one", "1")),
    )
    assert results_of(flow, 0) == {0: "one", 1: "two"}
    assert [flow.is_hidden(position) for position in range(3)] == [False, True, True]
    assert [flow.host(position) for position in range(3)] == [0, 0, 0]


def test_a_message_of_paired_results_and_nothing_else_is_hidden() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1")),
        message(1, Role.USER, " ", result("one", "1"), human=False),
    )
    assert flow.is_hidden(1)
    assert flow.host(1) == 0


def test_results_without_an_id_belong_to_the_calls_in_their_order() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a"), call("b")),
        message(1, Role.USER, result("one"), result("two"), human=False),
    )
    assert results_of(flow, 0) == {0: "one", 1: "two"}
    assert flow.is_hidden(1)


def test_a_call_with_an_id_takes_the_next_result_that_has_none() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1")), message(1, Role.TOOL, result("one"))
    )
    assert results_of(flow, 0) == {0: "one"}


def test_a_result_of_another_id_is_not_taken() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1")), message(1, Role.TOOL, result("x", "2"))
    )
    assert results_of(flow, 0) == {}
    assert not flow.is_hidden(1)


def test_ids_that_are_used_again_belong_to_the_newest_call() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1"), result("one", "1")),
        message(1, Role.ASSISTANT, call("b", call_id="1"), result("two", "1")),
    )
    assert results_of(flow, 0) == {0: "one"}
    assert results_of(flow, 1) == {0: "two"}
    assert flow.setting(1).elsewhere == {1}


def test_a_new_prompt_ends_the_wait_for_results_without_ids() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a")),
        message(1, Role.USER, "never mind"),
        message(2, Role.TOOL, result("late")),
    )
    assert results_of(flow, 0) == {}
    assert not flow.is_hidden(2)


def test_the_time_a_call_took_is_between_its_message_and_the_result() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a"), minutes=0),
        message(1, Role.TOOL, result("x"), minutes=2),
    )
    assert flow.setting(0).results[0][1].seconds == 120
    backwards = flow_of(
        message(0, Role.ASSISTANT, call("a"), minutes=2),
        message(1, Role.TOOL, result("x"), minutes=0),
    )
    assert backwards.setting(0).results[0][1].seconds is None


def test_results_that_come_later_name_the_message_they_belong_to() -> None:
    flow = flow_of(message(0, Role.USER, "x"), message(1, Role.ASSISTANT, call("a", call_id="1")))
    assert flow.extend([message(2, Role.TOOL, result("x", "1")), message(3, Role.USER, "y")]) == {1}
    assert results_of(flow, 1) == {0: "x"}


def test_a_turn_goes_on_through_calls_results_and_markers() -> None:
    flow = flow_of(
        message(0, Role.USER, "go"),
        message(1, Role.ASSISTANT, call("a")),
        message(2, Role.TOOL, result("x")),
        message(3, Role.OTHER, "a marker"),
        message(4, Role.ASSISTANT, "done"),
        message(5, Role.ASSISTANT, "by another", author="reviewer"),
        message(6, Role.USER, "again"),
    )
    starts = [flow.setting(position).starts_turn for position in range(7)]
    assert starts == [True, True, False, False, False, True, True]


def test_a_system_message_ends_a_turn_and_has_no_heading_itself() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, "a"),
        message(1, Role.SYSTEM, "compacted"),
        message(2, Role.ASSISTANT, "b"),
    )
    assert [flow.setting(position).starts_turn for position in range(3)] == [True, False, True]


def test_lines_of_one_turn_stand_together() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, ThinkingBlock(text="x"), call("a", call_id="1")),
        message(1, Role.TOOL, result("x", "1")),
        message(2, Role.ASSISTANT, call("b")),
        message(3, Role.ASSISTANT, "prose"),
        message(4, Role.ASSISTANT, OpaqueBlock(type_name="x")),
    )
    assert [flow.setting(p).gap for p in (0, 2, 3, 4)] == [False, False, True, True]


def test_the_day_and_the_model_are_told_where_they_change() -> None:
    flow = flow_of(
        message(0, Role.USER, "a", minutes=0),
        message(1, Role.ASSISTANT, "b", minutes=1, model="m1"),
        message(2, Role.USER, "c", minutes=60 * 24),
        message(3, Role.ASSISTANT, "d", model="m1"),
        message(4, Role.USER, "e", minutes=60 * 24 + 1),
        message(5, Role.ASSISTANT, "f", model="m2"),
    )
    settings = [flow.setting(position) for position in range(6)]
    assert [setting.new_day for setting in settings] == [True, False, True, False, False, False]
    assert [setting.shows_model for setting in settings] == [False, True, False, False, False, True]


def test_messages_without_rows_of_their_own_do_not_count() -> None:
    flow = flow_of(
        message(0, Role.ASSISTANT, call("a", call_id="1")),
        message(1, Role.TOOL, result("x", "1")),
        message(2, Role.ASSISTANT, "done"),
    )
    assert flow.shown_count(0) == 2


def test_messages_are_found_by_index_in_a_part_of_a_transcript() -> None:
    flow = flow_of(*(message(index, Role.USER, "x") for index in (40, 41, 45)))
    assert [flow.position_of(index) for index in (0, 41, 43, 99)] == [0, 1, 2, None]
    assert flow.hosts_of([41, 43, 45, 99]) == {1, 2}


def test_extending_is_the_same_as_reading_at_once() -> None:
    messages = every_kind()
    whole = MessageFlow(messages, UTC)
    for cut in range(len(messages)):
        grown = MessageFlow(messages[:cut], UTC)
        grown.extend(messages[cut:])
        assert grown.estimates(80) == whole.estimates(80)
        assert [grown.setting(p) for p in range(len(messages))] == [
            whole.setting(p) for p in range(len(messages))
        ]


ids = st.sampled_from([None, "1", "2"])
calls = st.builds(lambda call_id: call("t", call_id=call_id), ids)
answers = st.builds(lambda call_id: result("x", call_id), ids)
any_messages = st.lists(
    st.tuples(
        st.sampled_from(Role),
        st.booleans(),
        st.lists(st.one_of(calls, answers, st.sampled_from(["text", ""])), max_size=4),
    ),
    max_size=12,
)


@given(any_messages)
def test_every_result_is_shown_once(drawn: list[tuple[Role, bool, list[object]]]) -> None:
    messages = [
        message(index, role, *blocks, human=human)  # type: ignore[arg-type]
        for index, (role, human, blocks) in enumerate(drawn)
    ]
    flow = MessageFlow(messages)
    shown: list[ToolResultBlock] = []
    for position, sample in enumerate(messages):
        setting = flow.setting(position)
        shown += [paired.block for _, paired in setting.results]
        if not flow.is_hidden(position):
            shown += [
                block
                for ordinal, block in enumerate(sample.blocks)
                if block.kind == "tool_result" and ordinal not in setting.elsewhere
            ]
        else:
            assert flow.estimates(80)[position] == 0
            assert not flow.is_hidden(flow.host(position))
    results = [
        block for sample in messages for block in sample.blocks if block.kind == "tool_result"
    ]
    assert len(shown) == len(results)


def _seen(flow: MessageFlow) -> list[object]:
    """Everything that is asked of a flow."""
    positions = range(len(flow))
    notes = flow.notes
    return [
        [flow.setting(position) for position in positions],
        [flow.host(position) for position in positions],
        flow.estimates(40),
        flow.prompts,
        list(flow.landmarks),
        [(notes.calls(p), notes.is_answer(p), notes.has_aside(p)) for p in positions],
        list(flow.messages),
    ]


@given(st.integers(min_value=1, max_value=len(every_kind())), st.integers(1, 4))
def test_a_message_that_goes_on_ends_as_one_that_came_at_once(length: int, step: int) -> None:
    *before, last = every_kind()[:length]
    more = (call("a", call_id="new"), ThinkingBlock(text="so"), result("found", "new"))
    whole = last.replace(blocks=(*last.blocks, *more, *last.blocks))
    flow = flow_of(*before)
    known: Message | None = None
    for count in (*range(1, len(whole.blocks), step), len(whole.blocks)):
        part = whole.replace(blocks=whole.blocks[:count])
        if known is None:
            flow.extend([part])
        elif continues(known, part):
            assert length - 1 in flow.extend([part])
        else:
            flow = flow_of(*before, part)
        known = part
    assert known == whole
    after = message(length, Role.ASSISTANT, "and on")
    flow.extend([after])
    assert _seen(flow) == _seen(flow_of(*before, whole, after))
