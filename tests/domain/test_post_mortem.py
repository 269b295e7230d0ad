"""What may happen to a post-mortem, and when it is complete."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.domain import post_mortem
from data.domain.action_item import (
    ActionItem,
    ItemKind,
    ItemState,
    edit,
    end,
    read_due,
    read_kind,
    sorted_items,
)
from data.domain.change import Change, Refused
from data.domain.incident import Incident, Status
from data.domain.post_mortem import PARTS, Section
from data.domain.severity import Severity

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
TODAY = NOW.date()
OVER = Incident(1, "Checkout down", Severity.P1, Status.RESOLVED, NOW, NOW, "ada")
WRITTEN = {item.id: f"{item.title} it is" for item in PARTS if not item.optional}


def item(number: int = 1, **values: object) -> ActionItem:
    known = ActionItem(1, number, "Add an alert", ItemKind.DETECT, NOW, "ada")
    return replace(known, **values)  # type: ignore[arg-type]


def changed(answer: tuple[Change, ...] | Refused) -> tuple[Change, ...]:
    assert not isinstance(answer, Refused), answer
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return f"{answer.reason} {answer.hint}"


def test_the_sections_are_the_guides_in_its_order() -> None:
    assert [section.heading for section in Section] == [
        "Incident summary",
        "Timeline of events",
        "Root cause analysis",
        "Resolution steps",
        "Lessons learned",
        "Action items",
    ]


@pytest.mark.parametrize("part", [item for item in PARTS if not item.optional], ids=lambda part: part.id)
@pytest.mark.parametrize("text", ["", "  ", "TODO", "The pool.\nTODO: how large?"])
def test_a_part_that_is_to_do_leaves_its_section_open(part: post_mortem.Part, text: str) -> None:
    assert post_mortem.missing(WRITTEN, 1) == ()
    assert post_mortem.missing(WRITTEN | {part.id: text}, 1) == (part.section,)


def test_action_items_or_a_word_about_why_there_are_none() -> None:
    assert post_mortem.missing(WRITTEN, 0) == (Section.ACTIONS,)
    assert post_mortem.missing(WRITTEN | {"actions": "Nothing to be done"}, 0) == ()
    assert post_mortem.missing(WRITTEN | {"actions": "TODO ask lin"}, 1) == (Section.ACTIONS,)


@given(some.dictionaries(some.sampled_from([part.id for part in PARTS]), some.text()), some.integers(0, 3))
def test_it_becomes_final_exactly_when_nothing_is_missing(texts: dict[str, str], items: int) -> None:
    answer = post_mortem.finish(OVER, texts, items)
    assert isinstance(answer, Refused) == bool(post_mortem.missing(texts, items))


def test_the_first_edit_begins_a_draft_and_each_tells_before_and_after() -> None:
    begun, written = changed(post_mortem.edit(OVER, "cause", "", "the pool"))
    assert begun.after == {"post_mortem": "draft"}
    assert (written.subject, written.facts) == (
        "section:cause",
        {"before": {"text": ""}, "after": {"text": "the pool"}},
    )
    (only,) = changed(post_mortem.edit(replace(OVER, post_mortem="draft"), "cause", "the pool", "a leak"))
    assert only.facts["before"] == {"text": "the pool"}


def test_final_keeps_what_the_record_had_filled_in_and_locks() -> None:
    *kept, last = changed(post_mortem.finish(OVER, WRITTEN, 1, {"cause": WRITTEN["cause"]}))
    assert {change.subject for change in kept} == {f"section:{name}" for name in WRITTEN if name != "cause"}
    assert last.after == {"post_mortem": "final"}
    final = replace(OVER, post_mortem="final")
    assert "reopen it first" in refused(post_mortem.edit(final, "cause", "", "x"))
    assert "is final already" in refused(post_mortem.finish(final, WRITTEN, 1))
    assert "is final" in refused(post_mortem.waive(final, "small"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (post_mortem.edit(OVER, "blame", "", "lin did it"), "no part blame"),
        (post_mortem.edit(OVER, "cause", "a", "a"), "what it says already"),
        (post_mortem.finish(OVER, {}, 0), "1 of 6 complete; still to do: Incident summary, Root cause"),
        (post_mortem.finish(replace(OVER, status=Status.FIXING), WRITTEN, 1), "is fixing, not resolved"),
        (post_mortem.reopen(OVER, "typo"), "is not final"),
        (post_mortem.reopen(replace(OVER, post_mortem="final"), " "), "needs a reason"),
        (post_mortem.waive(OVER, ""), "needs a reason"),
        (post_mortem.waive(replace(OVER, post_mortem="not needed"), "small"), "needs no post-mortem already"),
    ],
)
def test_what_is_refused_says_why(answer: object, words: str) -> None:
    assert words in refused(answer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("today", TODAY),
        (" Tomorrow ", date(2026, 11, 25)),
        ("14d", date(2026, 12, 8)),
        ("+14d", date(2026, 12, 8)),
        ("2w", date(2026, 12, 8)),
        ("", None),
    ],
)
def test_due_dates_as_people_write_them(text: str, expected: date | None) -> None:
    assert read_due(text, TODAY) == expected


@pytest.mark.parametrize("text", ["2026-13-01", "soon", "9999d9", "2026-02-30", "x" * 999, "\u0661d"])
def test_what_is_no_date_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-12-01"):
        read_due(text, TODAY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("prevent", ItemKind.PREVENT),
        ("Preventive measures", ItemKind.PREVENT),
        ("update-runbooks", ItemKind.PROCESS),
        ("DETECTION", ItemKind.DETECT),
        ("mitigate", ItemKind.MITIGATE),
    ],
)
def test_types_in_the_guides_words_too(text: str, kind: ItemKind) -> None:
    assert read_kind(text) is kind


def test_an_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="prevent, mitigate, detect, process"):
        read_kind("blame")


def test_an_item_is_overdue_after_its_day_while_it_is_open() -> None:
    assert not item(due=TODAY).overdue(TODAY)
    assert item(due=date(2026, 11, 23)).overdue(TODAY)
    assert not item(due=date(2026, 11, 23), state=ItemState.DONE).overdue(TODAY)
    assert not item().overdue(TODAY)


def test_ending_an_item() -> None:
    ended = end(item(), ItemState.DONE, NOW)
    assert isinstance(ended, ActionItem)
    assert ended.ended_at == NOW
    again = end(ended, ItemState.OPEN, NOW)
    assert isinstance(again, ActionItem)
    assert again == item()
    assert "already open" in refused(end(item(), ItemState.OPEN, NOW))
    assert "needs a reason" in refused(end(item(), ItemState.DROPPED, NOW))
    assert "needs a title" in refused(edit(item(), title=" "))
    assert "says that already" in refused(edit(item(), owner=""))


def test_the_overdue_come_first_and_the_ended_last() -> None:
    items = [
        item(1, state=ItemState.DONE, due=date(2026, 1, 1)),
        item(2),
        item(3, due=date(2026, 12, 1)),
        item(4, due=date(2026, 11, 1)),
    ]
    assert [found.number for found in sorted_items(items, TODAY)] == [4, 3, 2, 1]
