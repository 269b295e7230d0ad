"""What machines report and people answer: one outage, one place, somebody always woken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.incident import Disposition, LadderState, Status
from data.domain.proposal import ProposalState
from data.domain.severity import Severity
from data.store.commands import incidents, mass, merges, proposals, undoing
from data.store.commands.findings import Finding, attached
from tests.store.room import P0, P1, P2, Room, done, refused

API = Finding("check:checkout-api", "checkout-api is down", P1, "refused (3 of 3 failed)", ("checkout",))
DB = Finding("check:checkout-db", "checkout-db is down", P0, "timeout (3 of 3 failed)", ("checkout",))
SEARCH = Finding("check:search-api", "search-api is down", P2, "HTTP 503", ("search",))


def test_a_person_confirms_what_a_check_found(room: Room) -> None:
    assert room.found(API).key == "PR-1"
    row = room.row("PR-1")
    assert (row.status, row.opens_at) == ("proposed", room.clock.now + timedelta(minutes=2))
    seq = room.seq
    room.found(API)
    assert room.seq == seq, "the same trouble seen again is no news"
    room.clock.later(seconds=40)
    answer = done(room.do(proposals.confirm, "PR-1", P0))
    assert (answer.key, answer.facts["proposal"]) == ("INC-1", "PR-1")
    opened = room.incident("INC-1")
    assert (opened.severity, opened.confirmed, opened.severity_by) == (P0, True, "ada")
    assert opened.detected_at == room.proposal("PR-1").proposed_at
    assert opened.ladder is not None
    assert opened.ladder.state is LadderState.RUNNING
    assert "already confirmed as INC-1 by ada" in refused(room.do(proposals.confirm, "PR-1", by="lin"))
    assert "already confirmed" in refused(room.do(proposals.dismiss, "PR-1", "no", by="lin"))


def test_a_proposal_nobody_answers_opens_by_itself_however_late(room: Room) -> None:
    room.found(API)
    room.found(SEARCH)
    room.clock.later(minutes=1, seconds=59)
    room.keep()
    assert room.proposal("PR-1").state is ProposalState.PROPOSED
    room.clock.later(hours=3)
    room.keep()
    assert room.proposal("PR-1").state is ProposalState.OPENED
    opened = room.incident("INC-1")
    assert (opened.confirmed, opened.opened_by) == (False, "check:checkout-api")
    assert opened.ladder is not None
    assert opened.ladder.started == room.clock.now, "the ladder runs from the moment it was opened"
    breach = next(event for event in room.history("INC-1") if event.kind == "breach")
    assert breach.at == opened.detected_at + timedelta(minutes=15), "a breach is told at its due"
    assert breach.recorded_at == room.clock.now
    assert room.proposal("PR-2").state is ProposalState.PROPOSED, "P2 and P3 never open by themselves"


def test_an_empty_reason_or_a_clock_set_back_never_keeps_an_outage_from_opening(room: Room) -> None:
    room.found(replace(API, title=" ", why=""))
    done(room.do(proposals.confirm, "PR-1"))
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED, why="restarted"))
    room.cleared(API.key)
    room.found(replace(API, why=""))
    room.found(replace(SEARCH, severity=P1, why=""))
    room.clock.later(minutes=2)
    room.keep()
    assert room.incident("INC-1").live
    room.found(replace(DB, key="check:pay", services=("payments",)))
    room.clock.later(hours=-1)
    done(room.do(proposals.confirm, "PR-4"))
    assert room.incident("INC-3").detected_at == room.clock.now


def test_a_mass_failure_without_a_title_opens_all_the_same(room: Room) -> None:
    room.found(replace(API, severity=P2))
    room.do(mass.found_together, Finding("mass", " ", P0, ""), [API.key], by="mass")
    assert room.row("PR-2").title == "mass"
    assert room.proposal("PR-1").state is ProposalState.WITHDRAWN
    room.clock.later(minutes=2)
    room.keep()
    assert [cause.key for cause in room.incident("INC-1").causes] == ["mass", API.key]


def test_what_clears_before_anybody_looked_is_withdrawn(room: Room) -> None:
    room.found(API)
    room.found(DB)
    assert room.proposal("PR-1").severity is P0, "one outage, at the higher severity"
    room.cleared(API.key)
    assert room.proposal("PR-1").state is ProposalState.PROPOSED
    room.cleared(DB.key)
    assert room.proposal("PR-1").state is ProposalState.WITHDRAWN
    assert room.board.rows == ()
    assert room.found(API).key == "PR-2", "it may come back"


def test_a_dismissed_cause_stays_quiet_until_it_clears_at_most_four_hours(room: Room) -> None:
    room.found(API)
    assert "needs a reason" in refused(room.do(proposals.dismiss, "PR-1", "  "))
    done(room.do(proposals.dismiss, "PR-1", "load test"))
    assert "muted" in room.found(API).text
    assert room.read(attached)[API.key] is False, "whoever watches it has to say when it clears"
    room.cleared(API.key)
    assert room.found(API).key == "PR-2", "cleared in between: news again"
    done(room.do(proposals.dismiss, "PR-2", "load test"))
    room.clock.later(hours=3, minutes=59)
    room.keep()
    assert "muted" in room.found(API).text
    room.clock.later(minutes=1)
    room.keep()
    assert room.found(API).key == "PR-3"


def test_only_what_still_fails_is_muted(room: Room) -> None:
    room.found(API)
    room.found(DB)
    room.cleared(DB.key)
    done(room.do(proposals.dismiss, "PR-1", "load test"))
    assert room.found(DB).key == "PR-2"


@pytest.mark.parametrize("severity", [P0, P1])
def test_a_check_that_opens_at_once_wakes_somebody_at_once(room: Room, severity: Severity) -> None:
    assert room.found(replace(API, opens=True, severity=severity)).key == "INC-1"
    assert room.row("INC-1").unconfirmed
    assert room.kinds("INC-1")[:2] == ["declared", "escalation"]
    assert "opened PR-1 as INC-1, at once: checkout-api is down" in [line.text for line in room.board.latest]


def test_one_outage_has_one_ladder(room: Room) -> None:
    room.found(API)
    assert room.found(replace(DB, opens=True)).key == "INC-1", "it opens what already waits on the service"
    assert len(room.board.rows) == 1
    third = Finding("check:checkout-web", "checkout-web is down", P2, "HTTP 500", ("search", "checkout"))
    assert room.found(third).key == "INC-1", "a new cause on the service attaches"
    assert room.found(SEARCH).key == "PR-2", "another service is another outage"


def test_a_group_that_already_fired_never_opens_by_itself(room: Room) -> None:
    old = Finding("alert:prod:group", "already firing: 3 alerts", P2, "at the first poll", waits=True)
    room.found(replace(old, services=("search",)))
    room.found(replace(old, key="alert:prod:other", severity=P0, services=("search",)))
    assert room.row("PR-1").opens_at is None
    room.found(replace(SEARCH, severity=P1))
    assert room.row("PR-1").opens_at is not None, "what is new on the service does"


def test_an_unconfirmed_incident_holds_its_ladder_while_all_is_clear(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.cleared(API.key)
    held = room.incident("INC-1")
    assert held.live, "a machine never resolves"
    assert held.ladder is not None
    assert held.ladder.state is LadderState.HELD
    assert room.row("INC-1").proposes_resolve
    room.cleared(API.key)
    assert room.history("INC-1")[-1].kind == "ladder held", "clear once is told once"
    room.found(API)
    climbing = room.incident("INC-1")
    assert climbing.ladder is not None
    assert climbing.ladder.state is LadderState.RUNNING


def test_what_comes_back_soon_reopens_its_incident_and_later_is_a_new_one(room: Room) -> None:
    room.found(API)
    done(room.do(proposals.confirm, "PR-1"))
    done(room.do(incidents.acknowledge, "INC-1"))
    room.cleared(API.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    room.clock.later(hours=23)
    room.found(replace(API, severity=P0))
    assert room.row("PR-2").title == "INC-1 is back: checkout-api is down"
    assert room.proposal("PR-2").reopens == 1
    room.clock.later(minutes=2)
    room.keep()
    back = room.incident("INC-1")
    assert (back.status, back.acknowledged_at, back.confirmed) == (Status.DETECTED, None, False)
    assert back.severity is P0, "it came back worse"
    assert back.response is not None
    assert back.response.started == room.clock.now
    room.cleared(API.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    room.clock.later(hours=25)
    room.found(API)
    assert room.row("PR-3").title == "checkout-api is down"
    assert done(room.do(proposals.confirm, "PR-3")).key == "INC-2"


def test_resolving_what_still_fails_asks_why_and_is_not_proposed_again_at_once(room: Room) -> None:
    room.found(replace(API, opens=True))
    assert "still failing: checkout-api" in refused(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    done(room.do(incidents.resolve, "INC-1", Disposition.WORKAROUND, why="traffic moved away"))
    assert "muted" in room.found(API).text
    room.cleared(API.key)
    assert room.found(API).key == "PR-2"


def test_reopening_by_hand_takes_back_what_a_proposal_had_taken(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.cleared(API.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    room.found(API)
    assert room.proposal("PR-2").state is ProposalState.PROPOSED
    done(room.do(incidents.set_status, "INC-1", Status.INVESTIGATING, "it is back"))
    assert room.proposal("PR-2").state is ProposalState.WITHDRAWN
    assert room.found(API).key == "INC-1"


def test_undoing_a_resolve_leaves_alone_what_is_somebody_elses_by_now(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.cleared(API.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    room.found(replace(DB, opens=True))
    room.found(replace(API, services=("checkout",)))
    assert [cause.key for cause in room.incident("INC-2").causes] == [DB.key, API.key]
    done(room.do(undoing.take_back, "INC-1"))
    assert room.incident("INC-1").live
    assert room.incident("INC-1").causes == ()


def test_merging_takes_the_causes_along_and_undoing_gives_them_back(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.found(replace(SEARCH, opens=True))
    done(room.do(merges.merge, "INC-2", into="INC-1"))
    assert room.found(SEARCH).key == "INC-1"
    done(room.do(undoing.take_back, "INC-1"))
    room.cleared(SEARCH.key)
    assert room.row("INC-2").proposes_resolve
    assert not room.row("INC-1").proposes_resolve


def test_causes_that_went_on_changing_keep_no_merge_from_being_undone(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.found(replace(SEARCH, opens=True))
    done(room.do(merges.merge, "INC-2", into="INC-1"))
    room.clock.later(minutes=1)
    room.cleared(API.key)
    room.cleared(SEARCH.key)
    room.found(SEARCH)
    room.found(DB)
    done(room.do(undoing.take_back, "INC-1"))
    stay = {cause.key: cause.cleared_at is not None for cause in room.incident("INC-1").causes}
    assert stay == {API.key: True, DB.key: False}
    assert [cause.key for cause in room.incident("INC-2").causes] == [SEARCH.key]
    assert room.found(DB).key == "INC-1"
    assert room.found(SEARCH).key == "INC-2"
    room.cleared(SEARCH.key)
    assert room.row("INC-2").proposes_resolve
    room.look()


def test_what_a_person_changed_after_a_merge_still_keeps_it(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.found(replace(SEARCH, opens=True, severity=P0))
    done(room.do(merges.merge, "INC-2", into="INC-1"))
    room.cleared(SEARCH.key)
    done(room.do(incidents.set_severity, "INC-1", P1, "search is back", by="lin"))
    assert "lin has changed it since" in refused(room.do(undoing.take_back, "INC-1"))


def test_a_cause_that_does_not_belong_is_split_off(room: Room) -> None:
    room.found(replace(API, opens=True))
    room.found(DB)
    assert "no cause check:nope" in refused(room.do(proposals.split, "INC-1", "check:nope"))
    done(room.do(proposals.split, "INC-1", DB.key))
    assert room.proposal("PR-2").causes[0].key == DB.key
    assert room.row("PR-2").opens_at is None, "who split it off has seen it"
    room.cleared(API.key)
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED))
    assert "already resolved" in refused(room.do(proposals.split, "INC-1", API.key))
