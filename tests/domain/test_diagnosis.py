"""What several looks come to together, and whom the ladder would find."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import readiness
from data.domain.diagnosis import Diagnosis, Grade, ordered, summary, worst
from data.domain.on_call import Calendar, OnCallShift
from data.domain.policy import Contact, Level, Policy
from tests.domain.room import GUIDE, P0, P1, START

HOUR = timedelta(hours=1)
GRADES = st.lists(st.sampled_from(Grade))


def of(grade: Grade, name: str = "") -> Diagnosis:
    return Diagnosis("check", name, grade, "x")


@given(GRADES)
def test_the_worst_decides_and_comes_first(grades: list[Grade]) -> None:
    found = [of(grade, str(number)) for number, grade in enumerate(grades)]
    told = ordered(found)
    assert sorted(told, key=lambda item: int(item.name)) == found
    assert worst(found) is (told[0].grade if told else Grade.OK)
    for first, second in pairwise(told):
        assert (-first.grade.rank, int(first.name)) < (-second.grade.rank, int(second.name))


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ("", "nothing to look at"),
        ("ok", "1 ok"),
        ("ok note warning failure", "1 failure, 1 warning, 1 note, 1 ok"),
        ("ok ok note note warning warning failure failure", "2 failures, 2 warnings, 2 notes, 2 ok"),
    ],
)
def test_all_of_them_in_a_few_words(grades: str, words: str) -> None:
    assert summary([of(Grade(word)) for word in grades.split()]) == words


def test_the_subject_is_what_it_is_and_its_name() -> None:
    assert of(Grade.OK, "api").subject == "check api"
    assert of(Grade.OK).subject == "check"


def levels(policy: Policy) -> dict[str, tuple[Grade, str]]:
    return {item.name: (item.grade, item.what) for item in readiness.levels(policy)}


def severities(policy: Policy) -> dict[str, tuple[Grade, str]]:
    return {item.name: (item.grade, item.what) for item in readiness.severities(policy)}


def test_whom_each_level_would_tell() -> None:
    assert levels(GUIDE) == {
        "on-call": (Grade.OK, "Ada Lovelace would be told"),
        "lead": (Grade.OK, "Lin Chen would be told"),
        "manager": (Grade.NOTE, "Sam Okafor can only be reached by hand"),
        "cto": (Grade.NOTE, "Tess Oyelaran can only be reached by hand"),
        "ceo": (Grade.NOTE, "Carla Osei can only be reached by hand"),
    }


@pytest.mark.parametrize(
    ("level", "contact", "words"),
    [
        (Level("x", "X", 1), None, "nobody: it has neither contacts nor a calendar, and is skipped"),
        (
            Level("x", "X", 1, ("ada",)),
            Contact("ada", "Ada"),
            "no way to reach Ada: the level is skipped",
        ),
        (
            Level("x", "X", 1, calendar="env:ICS"),
            None,
            "nobody on call now, and no contact stands in: the level is skipped",
        ),
    ],
)
def test_a_level_that_tells_nobody(level: Level, contact: Contact | None, words: str) -> None:
    policy = Policy(levels=(level,), contacts=(contact,) if contact else ())
    assert levels(policy) == {"x": (Grade.WARNING, words)}
    assert severities(policy)["P0"] == (
        Grade.FAILURE,
        "no one can be paged: nobody on its levels can be reached",
    )


def test_a_stranger_on_call_cannot_be_told() -> None:
    level = Level("x", "X", 1, calendar="env:ICS")
    policy = Policy(levels=(level,), on_call={"x": (Contact("", "Zed"),)})
    assert levels(policy)["x"] == (Grade.WARNING, "no way to reach Zed: the level is skipped")


def test_each_severity_needs_somebody_at_once() -> None:
    assert severities(GUIDE)["P0"] == (Grade.OK, "5 of its 5 levels can be told, On-call engineer first")
    only = replace(GUIDE, levels=tuple(item for item in GUIDE.levels if item.id == "ceo"))
    told = severities(only)
    assert told["P0"] == (Grade.FAILURE, "nobody can be reached before a person has confirmed it")
    assert told["P1"] == (Grade.FAILURE, "misconfigured: no level is for it")


def test_contacts_are_told_of_where_no_way_of_theirs_is_tried() -> None:
    policy = replace(GUIDE, contacts=(*GUIDE.contacts, Contact("mute", "Mute")))
    found = {item.name: (item.grade, item.what) for item in readiness.contacts(policy)}
    assert found == {
        "sam": (Grade.NOTE, "only by hand: email"),
        "cto": (Grade.NOTE, "only by hand: phone"),
        "ceo": (Grade.NOTE, "only by hand: phone"),
        "mute": (Grade.WARNING, "no way to reach it is configured"),
    }


def test_audiences_without_a_channel_are_told_by_other_means() -> None:
    first, second, *_ = GUIDE.audiences
    found = readiness.audiences([replace(first, channels=("a", "b", "c", "d", "e")), second])
    assert [(item.grade, item.what) for item in found] == [
        (Grade.OK, "told by a, b, c and 2 more"),
        (Grade.NOTE, "told by other means: it has no channel"),
    ]


def shift(begins: float, ends: float, *people: str) -> OnCallShift:
    return OnCallShift(START + begins * HOUR, START + ends * HOUR, people)


FULL = (-1, 24 * 40)
STAND_IN = ("ada",)


@pytest.mark.parametrize(
    ("shifts", "contacts", "told"),
    [
        ((shift(*FULL, "Ada Lovelace"),), (), [(Grade.OK, "reachable; on call now: Ada Lovelace")]),
        (
            (shift(1, 24 * 40, "ada"),),
            (),
            [
                (
                    Grade.FAILURE,
                    "nobody on call before Tue 24 Nov 14:46Z, and no contact stands in",
                ),
            ],
        ),
        (
            (shift(1, 24 * 40, "ada"),),
            STAND_IN,
            [
                (
                    Grade.WARNING,
                    "nobody on call before Tue 24 Nov 14:46Z: the level's contacts are told instead",
                )
            ],
        ),
        ((), (), [(Grade.FAILURE, "nobody on call, and no contact stands in")]),
        (
            (shift(-1, 2, "ada"), shift(3, 24 * 40, "lin")),
            (),
            [
                (Grade.OK, "reachable; on call now: ada"),
                (
                    Grade.WARNING,
                    "a gap in the next 14 days, from Tue 24 Nov 15:46Z until Tue 24 Nov 16:46Z",
                ),
            ],
        ),
        (
            (shift(-1, 2, "ada"), shift(3, 4, "lin")),
            STAND_IN,
            [
                (Grade.OK, "reachable; on call now: ada"),
                (
                    Grade.NOTE,
                    "2 gaps in the next 14 days, the first from Tue 24 Nov 15:46Z until Tue 24 Nov 16:46Z",
                ),
            ],
        ),
        (
            (shift(*FULL, "ada", "Zed"), shift(-9, -8, "Gone")),
            (),
            [
                (Grade.OK, "reachable; on call now: Zed, ada"),
                (Grade.WARNING, "no way to reach Zed: no contact has that name, id, email or chat"),
            ],
        ),
    ],
)
def test_what_a_calendar_says(
    shifts: tuple[OnCallShift, ...], contacts: tuple[str, ...], told: list[tuple[Grade, str]]
) -> None:
    until: datetime = START + timedelta(days=35)
    level = Level("on-call", "On-call", 1, contacts, calendar="env:ICS")
    found = readiness.on_call(level, Calendar("on-call", shifts, START, START, until), GUIDE, START)
    assert [(item.grade, item.what) for item in found] == told


def test_severities_are_told_in_their_order() -> None:
    assert list(severities(GUIDE))[:2] == [P0, P1]
