"""Who answers for each level, as the board and view 3 say it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from data.domain.handover import Handover
from data.domain.on_call import Calendar, Gap
from data.domain.policy import Contact, Level, Policy
from data.views import LevelView, OnCallPerson, OnCallView, Turn
from tests.hostile import TEXTS
from tests.widgets.room import NOW
from widgets.people import person_spans
from widgets.roster import calendar_text, roster, when

ADA, LIN = Contact("ada", "Ada Lovelace", phone="+44 20 7946 0000"), Contact("lin", "Lin Chen", chat="@lin")
EVE = Contact("", "Eve Moneypenny")
PERSON = OnCallPerson(1, "On-call engineer", (ADA,), NOW + timedelta(hours=4))


def said(person: OnCallPerson, width: int = 70) -> str:
    return "".join(text for text, _ in person_spans(person, width, NOW)).rstrip()


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (PERSON, "1 On-call engineer     Ada Lovelace to 18:03Z"),
        (replace(PERSON, until=NOW + timedelta(days=2)), "Ada Lovelace to Thu 14:03Z"),
        (replace(PERSON, until=None), "Ada Lovelace"),
        (replace(PERSON, contacts=(), until=None), "nobody"),
        (replace(PERSON, stale=True), "! Ada Lovelace to 18:03Z  calendar STALE"),
        (replace(PERSON, until=None, strangers=("Eve",)), "! Ada Lovelace  no way to reach Eve"),
        (replace(PERSON, handing_over=("lin",)), "lin → Ada Lovelace to 18:03Z"),
    ],
)
def test_the_board_says_who_and_what_is_wrong_with_it(person: OnCallPerson, words: str) -> None:
    assert words in said(person)


@pytest.mark.parametrize(
    ("hours", "zone", "words"),
    [
        (4, "UTC", "to 18:03Z"),
        (4, "Europe/Berlin", "to 19:03 CET"),
        (9.5, "UTC", "to 23:33Z"),
        (9.5, "Europe/Berlin", "to Wed 00:33 CET"),  # midnight is where the room is
        (9.5, "America/New_York", "to 18:33 EST"),
    ],
)
def test_until_when_is_said_in_the_zone_that_is_shown(hours: float, zone: str, words: str) -> None:
    person = replace(PERSON, until=NOW + timedelta(hours=hours))
    assert words in "".join(text for text, _ in person_spans(person, 70, NOW, zone))


@pytest.mark.parametrize("width", [20, 39, 60])
def test_a_line_is_never_wider_than_its_pane(width: int) -> None:
    for text in TEXTS:
        for person in (
            replace(PERSON, level=text, contacts=(replace(ADA, name=text),)),
            replace(PERSON, strangers=(text,), handing_over=(text,), stale=True),
        ):
            assert cell_len("".join(part for part, _ in person_spans(person, width, NOW))) <= width


COPY = Calendar("on-call", fetched_at=NOW, ok_at=NOW - timedelta(minutes=3), until=NOW + timedelta(days=35))


@pytest.mark.parametrize(
    ("copy", "words", "tone"),
    [
        (None, "its contacts", "muted"),
        (COPY, "calendar 3m", "muted"),
        (replace(COPY, trouble="HTTP 500"), "calendar 3m: HTTP 500", "warn"),
        (
            replace(COPY, ok_at=NOW - timedelta(hours=2), trouble="HTTP 500"),
            "calendar STALE 2h: HTTP 500",
            "alarm",
        ),
        (replace(COPY, ok_at=NOW - timedelta(hours=2)), "calendar STALE 2h", "alarm"),
        (Calendar("on-call"), "calendar not read yet", "warn"),
        (Calendar("on-call", trouble="no secret"), "calendar NOT READ: no secret", "alarm"),
    ],
)
def test_how_far_a_calendar_can_be_trusted(copy: Calendar | None, words: str, tone: str) -> None:
    assert calendar_text(copy, NOW) == (words, tone)


@pytest.mark.parametrize(
    ("hours", "zone", "words"),
    [
        (1, "UTC", "15:03Z"),
        (24, "UTC", "Wed 11-25 14:03Z"),
        (9.5, "UTC", "23:33Z"),
        (9.5, "Europe/Berlin", "Wed 11-25 00:33 CET"),
        (-15, "UTC", "Mon 11-23 23:03Z"),
    ],
)
def test_another_day_is_named(hours: float, zone: str, words: str) -> None:
    assert when(NOW + timedelta(hours=hours), NOW, zone) == words


LEVEL = Level("on-call", "On-call engineer", 1, calendar="env:X")
VIEW = OnCallView(
    contacts=(ADA, LIN),
    policy=Policy(levels=(LEVEL,), contacts=(ADA, LIN)),
    levels=(
        LevelView(
            LEVEL,
            (ADA,),
            (Turn(ADA, NOW - timedelta(hours=1), NOW + timedelta(hours=4)),),
            (Turn(EVE, NOW + timedelta(hours=6)),),
            (Gap(NOW + timedelta(hours=4), NOW + timedelta(hours=6)),),
            COPY,
        ),
    ),
    handover=(Handover("INC-42", "sam", ("Ada Lovelace",), "on-call", NOW - timedelta(minutes=3)),),
)


def told(view: OnCallView, width: int = 80) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in roster(view, NOW, "UTC", width)]


def test_the_roster_is_aligned() -> None:
    lines = told(VIEW)
    assert "  INC-42   sam: shift ended 14:00Z, Ada Lovelace accepts it: h" in lines
    now = next(line for line in lines if line.startswith("  now"))
    coming = next(line for line in lines if line.startswith("  next"))
    assert now.index("Ada") == coming.index("Eve")
    assert now.index("to 18:03Z") == coming.index("from 20:03Z")
    assert now.index("+44") == coming.index("no way to be reached")
    assert "  GAP   nobody from 18:03Z to 20:03Z" in lines


def test_red_is_what_needs_somebody() -> None:
    alarms = [
        "".join(text for text, _ in line).split()[0]
        for line in roster(VIEW, NOW, "UTC", 80)
        if any(tone == "alarm" for _, tone in line)
    ]
    assert alarms == ["INC-42", "next", "GAP"]


@pytest.mark.parametrize("gaps", [0, 4, 5, 40])
def test_many_gaps_are_counted_not_listed(gaps: int) -> None:
    found = tuple(Gap(NOW + timedelta(hours=n), NOW + timedelta(hours=n, minutes=5)) for n in range(gaps))
    lines = told(replace(VIEW, levels=(replace(VIEW.levels[0], gaps=found),)))
    assert sum(line.startswith("  GAP") for line in lines) == min(4, gaps)
    assert [line for line in lines if "more gaps" in line] == (
        [f"        and {gaps - 4} more gaps within two weeks"] if gaps > 4 else []
    )


@pytest.mark.parametrize("width", [30, 62, 78, 118])
def test_no_line_is_wider_than_the_pane_whatever_people_are_called(width: int) -> None:
    for text in TEXTS:
        stranger = Turn(Contact("", text), NOW - timedelta(hours=1), NOW + timedelta(days=3))
        level = replace(
            VIEW.levels[0],
            level=replace(LEVEL, name=text),
            now=(stranger,),
            calendar=replace(COPY, trouble=text),
        )
        view = replace(VIEW, levels=(level,), contacts=(replace(ADA, name=text, chat=text),))
        for line in roster(view, NOW, "UTC", width):
            words = "".join(part for part, _ in line)
            assert cell_len(words) <= width
            assert not any(character < " " or character == "\x7f" for character in words)
