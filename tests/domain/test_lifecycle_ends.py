"""Resolving, closing, reopening: how an incident ends, and does not (design 3.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.domain import lifecycle
from data.domain.change import Refused
from data.domain.clocks import ResponseState
from data.domain.incident import Disposition, Status
from data.domain.lifecycle import recurs
from data.domain.severity import Severity
from tests.domain.room import GUIDE, START, done, minutes, refused
from tests.domain.test_lifecycle import ORDER, at_status, opened

P0, P1, P2, P3 = Severity


class TestResolving:
    @pytest.mark.parametrize("how", list(Disposition))
    def test_ending_needs_a_disposition(self, how: Disposition) -> None:
        room = at_status(Status.MONITORING).later(5)
        of = 7 if how is Disposition.DUPLICATE else None
        done(room.do(lambda it: lifecycle.resolve(it, how, "ada", room.now, of=of)))
        assert (room.incident.disposition, room.incident.duplicate_of) == (how, of)
        assert room.incident.resolved_at == room.now

    @pytest.mark.parametrize(
        ("how", "of", "reason"),
        [
            (Disposition.DUPLICATE, None, "a duplicate needs its original"),
            (Disposition.FIXED, 7, "only a duplicate has an original"),
            (Disposition.DUPLICATE, 1, "INC-1 cannot be a duplicate of itself"),
        ],
    )
    def test_a_duplicate_and_only_a_duplicate_has_an_original(
        self, how: Disposition, of: int | None, reason: str
    ) -> None:
        room = opened()
        assert refused(room.do(lambda it: lifecycle.resolve(it, how, "ada", room.now, of=of))) == reason

    def test_what_still_fails_is_listed_and_asks_why(self) -> None:
        room = at_status(Status.FIXING)
        still = ("checkout-api", "DBDown")
        answer = room.do(lambda it: lifecycle.resolve(it, Disposition.FIXED, "ada", room.now, still=still))
        assert refused(answer) == "still failing: checkout-api, DBDown"
        fine: dict[str, Any] = {"still": still, "why": "the check itself is wrong"}
        done(room.do(lambda it: lifecycle.resolve(it, Disposition.FIXED, "ada", room.now, **fine)))
        assert room.events[-1].data["still"] == ["checkout-api", "DBDown"]

    def test_a_second_one_hears_when(self) -> None:
        room = at_status(Status.RESOLVED).later(3)
        assert refused(room.resolve(by="lin")) == "INC-1 is already resolved (3 min ago)"

    @pytest.mark.parametrize("machine", ["check:api", "alert:prod", "keeper", "escalation", "warroom"])
    def test_a_machine_never_resolves(self, machine: str) -> None:
        room = opened()
        assert refused(room.resolve(by=machine)) == "only a person resolves INC-1"
        assert room.incident.live


class TestClosing:
    @pytest.mark.parametrize("severity", [P0, P1])
    def test_p0_and_p1_need_the_post_mortem_or_a_reason(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        assert (
            refused(room.status(Status.CLOSED)) == f"a {severity} needs its post-mortem before it is closed"
        )
        done(room.status(Status.CLOSED, why="a drill"))
        assert room.incident.post_mortem == "not needed"

    @pytest.mark.parametrize("severity", [P0, P1])
    def test_with_a_final_post_mortem_nothing_is_asked(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        room.incidents[1] = replace(room.incident, post_mortem="final")
        done(room.status(Status.CLOSED))
        assert room.incident.post_mortem == "final"

    @pytest.mark.parametrize("severity", [P2, P3])
    def test_p2_and_p3_just_close(self, severity: Severity) -> None:
        room = at_status(Status.RESOLVED, severity)
        done(room.status(Status.CLOSED))
        assert room.incident.closed_at == room.now

    @pytest.mark.parametrize("was", ORDER[:5])
    def test_only_the_resolved_are_closed(self, was: Status) -> None:
        assert refused(at_status(was).status(Status.CLOSED)) == f"INC-1 is {was}, not resolved"


class TestReopening:
    def test_it_needs_a_reason(self) -> None:
        assert refused(at_status(Status.RESOLVED).status(Status.FIXING)) == "reopening needs a reason"

    def test_the_end_is_forgotten_and_a_breach_can_be_missed_again(self) -> None:
        room = opened(P0).at(10)
        done(room.resolve(Disposition.WORKAROUND))
        assert room.response.state == ResponseState.BREACHED
        done(room.at(100).status(Status.DETECTED, why="it is back"))
        assert (room.incident.resolved_at, room.incident.disposition) == (None, None)
        assert room.incident.reopened_at == room.now
        assert not room.incident.breached
        done(room.at(106).acknowledge("lin"))
        breaches = [event.at for event in room.history() if event.kind == "breach"]
        assert breaches == [START + minutes(5), START + minutes(105)]

    def test_by_a_machine_it_is_unconfirmed_again(self) -> None:
        room = at_status(Status.RESOLVED).at(30)
        done(
            room.do(
                lambda it: lifecycle.reopen(GUIDE, it, Status.DETECTED, "check:api", room.now, "down again"),
                "check:api",
            )
        )
        assert not room.incident.confirmed

    @pytest.mark.parametrize(("hours", "again"), [(0.1, True), (24, True), (24.01, False)])
    def test_a_recurrence_within_the_window_is_the_same_incident(self, hours: float, again: bool) -> None:
        room = at_status(Status.RESOLVED)
        assert recurs(GUIDE, room.incident, room.now + timedelta(hours=hours)) is again

    @pytest.mark.parametrize("was", [Status.DETECTED, Status.MONITORING, Status.CLOSED])
    def test_only_a_resolved_one_recurs(self, was: Status) -> None:
        room = at_status(was)
        assert not recurs(GUIDE, room.incident, room.now)
        assert isinstance(
            lifecycle.reopen(GUIDE, room.incident, Status.DETECTED, "ada", room.now, "again"), Refused
        )
