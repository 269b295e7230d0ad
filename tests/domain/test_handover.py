"""A shift ends: what has to be handed over, and who may take it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.domain.change import Changes, Refused
from data.domain.handover import Held, accept, due, held
from data.domain.incident import Incident, Role, Status
from data.domain.on_call import Calendar, OnCallShift
from data.domain.policy import Contact, Level, Policy
from data.domain.severity import Severity

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTACTS = (
    Contact("ada", "Ada Lovelace", phone="1"),
    Contact("lin", "Lin Chen", email="lin@example.org"),
    Contact("sam", "Sam Okafor", phone="2"),
)
LEVELS = (
    Level("on-call", "On call", 1, calendar="env:ONE"),
    Level("lead", "Lead", 2, calendar="env:TWO"),
    Level("manager", "Manager", 3, ("sam",)),
)
POLICY = Policy(levels=LEVELS, contacts=CONTACTS)


def h(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def copy(level: str, *shifts: tuple[float, float, str]) -> Calendar:
    found = tuple(OnCallShift(h(begins), h(ends), (person,)) for begins, ends, person in shifts)
    return Calendar(level, found, NOON, NOON, h(800))


CHANGE = (copy("on-call", (-8, -0.5, "ada"), (-0.5, 8, "lin@example.org")),)


class TestDue:
    def test_a_shift_that_ended_while_others_are_on_call_is_to_be_handed_over(self) -> None:
        (item,) = due(POLICY, CHANGE, [Held("INC-1", "ada", h(-3))], NOON)
        assert (item.key, item.outgoing, item.incoming) == ("INC-1", "ada", ("Lin Chen",))
        assert (item.level, item.ended) == ("on-call", h(-0.5))

    @pytest.mark.parametrize("by", ["Ada Lovelace", "ADA", "ada"])
    def test_the_holder_is_known_by_any_name(self, by: str) -> None:
        assert [item.outgoing for item in due(POLICY, CHANGE, [Held("INC-1", by, h(-3))], NOON)] == [by]

    @pytest.mark.parametrize(
        ("why", "by", "since", "calendars"),
        [
            ("the incoming person has it", "lin", -3, CHANGE),
            ("it was taken after the shift, in free time", "ada", -0.2, CHANGE),
            ("somebody has it who has no shifts", "sam", -3, CHANGE),
            ("nobody is on call to take it", "ada", -3, (copy("on-call", (-8, -1, "ada"), (1, 8, "lin")),)),
            ("the shift still lasts", "ada", -3, (copy("on-call", (-8, 1, "ada"), (1, 8, "lin")),)),
            (
                "the shift was doubled, and one half lasts",
                "ada",
                -3,
                (copy("on-call", (-8, -1, "ada"), (-1, 8, "lin"), (-1, 8, "ada")),),
            ),
            ("on call on another level", "ada", -3, (*CHANGE, copy("lead", (-8, 8, "ada")))),
            ("no calendar was ever read", "ada", -3, ()),
            (
                "the level has no calendar any more",
                "ada",
                -3,
                (copy("manager", (-8, -1, "ada"), (-1, 8, "lin")),),
            ),
        ],
    )
    def test_nothing_is_due_where(
        self, why: str, by: str, since: float, calendars: tuple[Calendar, ...]
    ) -> None:
        assert due(POLICY, calendars, [Held("INC-1", by, h(since))], NOON) == ()

    def test_somebody_no_contact_knows_is_still_the_same_person(self) -> None:
        calendars = (copy("on-call", (-8, -1, "Eve Moneypenny"), (-1, 8, "lin")),)
        assert len(due(POLICY, calendars, [Held("INC-1", "eve  moneypenny", h(-3))], NOON)) == 1

    def test_the_lowest_level_whose_shift_ended_decides(self) -> None:
        calendars = (
            copy("lead", (-8, -1, "ada"), (-1, 8, "sam")),
            copy("on-call", (-8, -1, "ada"), (-1, 8, "lin")),
        )
        assert [item.level for item in due(POLICY, calendars, [Held("INC-1", "ada", h(-3))], NOON)] == [
            "on-call"
        ]

    def test_only_what_somebody_has_can_be_handed_over(self) -> None:
        taken = replace(INCIDENT, acknowledged_at=h(-3), acknowledged_by="ada")
        assert held([taken]) == (Held("INC-7", "ada", h(-3)),)
        assert held([INCIDENT, replace(taken, lapsed_at=h(-1)), replace(taken, status=Status.RESOLVED)]) == ()


INCIDENT = Incident(7, "Checkout down", Severity.P1, Status.INVESTIGATING, h(-4), h(-4), "ada")
TAKEN = replace(INCIDENT, acknowledged_at=h(-3), acknowledged_by="ada")
ON_CALL = replace(POLICY, on_call={"on-call": (CONTACTS[1],)})


def changes(found: Changes | Refused) -> Changes:
    assert not isinstance(found, Refused)
    return found


class TestAccept:
    def test_the_holder_changes_and_nothing_else(self) -> None:
        (change,) = changes(accept(ON_CALL, TAKEN, "lin"))
        assert (change.kind, change.after) == ("handover", {"acknowledged_by": "lin"})
        assert change.facts == {"from": "ada", "not_on_call": False}

    def test_command_goes_along(self) -> None:
        led = replace(TAKEN, roles=((Role.IC, "ada"), (Role.SCRIBE, "sam")))
        handover, command = changes(accept(ON_CALL, led, "lin"))
        assert handover.kind == "handover"
        assert command.after == {"roles": ((Role.SCRIBE, "sam"), (Role.IC, "lin"))}

    def test_command_of_somebody_else_stays(self) -> None:
        assert len(changes(accept(ON_CALL, replace(TAKEN, roles=((Role.IC, "sam"),)), "lin"))) == 1

    @pytest.mark.parametrize(
        ("by", "aside"), [("sam", True), ("Lin Chen", False), ("LIN", False), ("eve", True)]
    )
    def test_who_is_not_on_call_may_take_it_too_and_the_record_says_so(self, by: str, aside: bool) -> None:
        assert changes(accept(ON_CALL, TAKEN, by))[0].facts["not_on_call"] is aside

    def test_where_nobody_is_on_call_by_a_calendar_there_is_nothing_to_say(self) -> None:
        assert changes(accept(POLICY, TAKEN, "sam"))[0].facts["not_on_call"] is False

    @pytest.mark.parametrize(
        ("incident", "by", "reason", "hint"),
        [
            (TAKEN, "ada", "INC-7 is already yours", ""),
            (TAKEN, "Ada Lovelace", "INC-7 is already yours", ""),
            (INCIDENT, "lin", "nobody has acknowledged INC-7 yet", "warroom ack INC-7"),
            (
                replace(TAKEN, lapsed_at=h(-1)),
                "lin",
                "the acknowledgement of INC-7 has lapsed",
                "warroom ack INC-7",
            ),
            (replace(TAKEN, status=Status.RESOLVED), "lin", "INC-7 is already resolved", ""),
        ],
    )
    def test_it_is_refused_with_the_reason(self, incident: Incident, by: str, reason: str, hint: str) -> None:
        assert accept(ON_CALL, incident, by) == Refused(reason, hint)
