"""Who is on call now and next, and where nobody is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.ladder import reachable
from data.domain.on_call import (
    Calendar,
    Gap,
    OnCallShift,
    Spell,
    answering_now,
    gaps,
    now_and_next,
    on_call,
    spells,
    who,
)
from data.domain.policy import Contact, Level, Policy

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAR = NOON + timedelta(days=35)
CONTACTS = (
    Contact("ada", "Ada Lovelace", phone="1"),
    Contact("lin", "Lin Chen", chat="@linc", email="lin@example.org"),
    Contact("sam", "Sam Okafor", notify=("env:SAM",)),
    Contact("mute", "Tess Oyelaran"),
)


def h(hours: float) -> datetime:
    """An instant so many hours from noon."""
    return NOON + timedelta(hours=hours)


def shift(begins: float, ends: float, *people: str) -> OnCallShift:
    return OnCallShift(h(begins), h(ends), people)


def copy(*shifts: OnCallShift, until: datetime = FAR) -> Calendar:
    return Calendar("on-call", shifts, NOON, NOON, until)


ROTATION = (shift(-8, 0, "ada"), shift(0, 8, "lin", "sam"), shift(9, 16, "ada"))


@pytest.mark.parametrize(
    ("hours", "people"),
    [
        (-8.001, ()),
        (-8, ("ada",)),
        (-0.001, ("ada",)),
        (0, ("lin", "sam")),
        (7.999, ("lin", "sam")),
        (8, ()),
        (9, ("ada",)),
        (16, ()),
    ],
)
def test_a_shift_begins_at_its_instant_and_has_ended_at_its_end(
    hours: float, people: tuple[str, ...]
) -> None:
    assert on_call(ROTATION, h(hours)) == people


def test_whoever_began_first_is_named_first_and_nobody_twice() -> None:
    shifts = (shift(-1, 2, "lin"), shift(-3, 2, "sam", "Lin "), shift(-2, 2, "ada"))
    assert on_call(shifts, NOON) == ("sam", "Lin ", "ada")


class TestSpells:
    def test_shifts_without_a_break_are_one_time_on_call(self) -> None:
        found = spells(copy(shift(-8, 0, "ada"), shift(0, 8, "Ada"), shift(9, 10, "ada")))
        assert [(spell.starts, spell.ends) for spell in found] == [(h(-8), h(8)), (h(9), h(10))]

    def test_an_end_the_calendar_does_not_reach_is_open(self) -> None:
        assert spells(copy(shift(-8, 8, "ada"), until=h(8))) == (Spell("ada", h(-8), None),)
        assert spells(copy(shift(-8, 8, "ada"), until=h(8.1))) == (Spell("ada", h(-8), h(8)),)

    def test_next_is_who_begins_next_even_while_others_go_on(self) -> None:
        now, coming = now_and_next(copy(shift(-1, 9, "ada"), shift(3, 4, "lin"), shift(3, 5, "sam")), NOON)
        assert [spell.person for spell in now] == ["ada"]
        assert [(spell.person, spell.starts) for spell in coming] == [("lin", h(3)), ("sam", h(3))]

    def test_nobody_now_and_nobody_next(self) -> None:
        assert now_and_next(copy(shift(-3, -1, "ada")), NOON) == ((), ())


class TestGaps:
    @pytest.mark.parametrize(
        ("shifts", "found"),
        [
            ((shift(-1, 400, "ada"),), ()),
            ((shift(-8, 2, "ada"), shift(2, 400, "lin")), ()),
            ((shift(-8, 2, "ada"), shift(3, 400, "lin")), (Gap(h(2), h(3)),)),
            ((shift(1, 400, "ada"),), (Gap(NOON, h(1)),)),
            ((shift(-8, 9, "ada"), shift(1, 2, "lin"), shift(9, 400, "sam")), ()),
            ((shift(-8, -2, "ada"),), (Gap(NOON, h(336), open=True),)),
            ((), (Gap(NOON, h(336), open=True),)),
            ((shift(-1, 5, "ada"),), (Gap(h(5), h(336), open=True),)),
        ],
    )
    def test_two_weeks_are_looked_through(
        self, shifts: tuple[OnCallShift, ...], found: tuple[Gap, ...]
    ) -> None:
        assert gaps(copy(*shifts), NOON) == found

    def test_beyond_what_the_calendar_reaches_nothing_is_known(self) -> None:
        assert gaps(copy(shift(-1, 5, "ada"), until=h(5)), NOON) == ()
        assert gaps(Calendar("on-call"), NOON) == ()


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("ada", "ada"),
        ("ADA", "ada"),
        ("ada  lovelace", "ada"),
        (" Ada Lovelace ", "ada"),
        ("lin@example.org", "lin"),
        ("LIN@Example.org", "lin"),
        ("linc", "lin"),
        ("@LinC", "lin"),
        ("Lovelace", None),
        ("", None),
        ("eve", None),
    ],
)
def test_a_name_finds_its_contact(named: str, found: str | None) -> None:
    contact = who(named, CONTACTS)
    assert (contact.id if contact else None) == found


def test_an_id_is_stronger_than_somebody_elses_name() -> None:
    contacts = (Contact("x", "ada", phone="1"), Contact("ada", "Ada Lovelace", phone="2"))
    found = who("ada", contacts)
    assert found is not None
    assert found.phone == "2"


class TestTheLadderAsksTheCalendar:
    LEVEL = Level("on-call", "On call", 1, ("sam", "mute"), calendar="env:X")

    def reached(self, *shifts: OnCallShift, level: Level = LEVEL) -> list[str]:
        known = answering_now((level,), (copy(*shifts),), CONTACTS, NOON)
        policy = Policy(levels=(level,), contacts=CONTACTS, on_call=known)
        return [contact.name for contact in reachable(policy, level)]

    def test_whoever_is_on_call_answers(self) -> None:
        assert self.reached(shift(-1, 1, "ada", "lin@example.org")) == ["Ada Lovelace", "Lin Chen"]

    def test_in_a_gap_the_levels_own_contacts_do(self) -> None:
        assert self.reached(shift(1, 2, "ada")) == ["Sam Okafor"]
        assert self.reached() == ["Sam Okafor"]

    def test_so_they_do_for_a_stranger_and_for_somebody_without_a_way(self) -> None:
        assert self.reached(shift(-1, 1, "eve")) == ["Sam Okafor"]
        assert self.reached(shift(-1, 1, "mute")) == ["Sam Okafor"]
        assert self.reached(shift(-1, 1, "eve", "ada")) == ["Ada Lovelace"]

    def test_a_level_without_a_calendar_takes_nothing_from_one(self) -> None:
        plain = Level("on-call", "On call", 1, ("sam",))
        assert self.reached(shift(-1, 1, "ada"), level=plain) == ["Sam Okafor"]

    def test_a_copy_however_old_is_used(self) -> None:
        old = Calendar("on-call", (shift(-1, 1, "ada"),), NOON, NOON - timedelta(days=9), FAR, "HTTP 500")
        assert old.stale(NOON)
        assert [item.id for item in answering_now((self.LEVEL,), (old,), CONTACTS, NOON)["on-call"]] == [
            "ada"
        ]


HOURS = st.integers(-100, 500)
SHIFTS = st.lists(
    st.builds(
        lambda begins, lasts, person: shift(begins, begins + lasts, person),
        HOURS,
        st.integers(1, 60),
        st.sampled_from(["ada", "lin", "sam"]),
    ),
    max_size=12,
)


@given(SHIFTS, st.integers(0, 335 * 4))
def test_gaps_and_shifts_cover_every_instant_ahead_and_never_both(
    shifts: list[OnCallShift], quarters: int
) -> None:
    at = NOON + timedelta(minutes=15 * quarters)
    inside = [gap for gap in gaps(copy(*shifts), NOON) if gap.starts <= at < gap.ends]
    assert len(inside) == (0 if on_call(shifts, at) else 1)


@given(SHIFTS, HOURS)
def test_spells_lose_no_instant_of_a_shift_and_add_none(shifts: list[OnCallShift], hours: int) -> None:
    at = h(hours + 0.5)
    running, _ = now_and_next(copy(*shifts, until=h(10_000)), at)
    assert sorted(spell.person for spell in running) == sorted(on_call(shifts, at))
