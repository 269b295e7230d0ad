"""Acknowledgements that lapse in silence, and ladders that wait for a cause (design 3.3, 3.6)."""

from dataclasses import replace
from datetime import datetime

from data.domain import clocks, ladder
from data.domain.change import Change, Changes, Refused
from data.domain.incident import Incident, Ladder, LadderState
from data.domain.policy import Policy


def warn_of_lapse(policy: Policy, incident: Incident, now: datetime) -> Changes:
    """Tell the holder, ten minutes before, that the acknowledgement will lapse (a keeper's duty)."""
    at = clocks.lapses_at(policy, incident)
    if at is None or incident.lapse_warned or not at - clocks.LAPSE_WARNING <= now < at:
        return ()
    return (
        Change("lapse warning", {"lapse_warned": True}, facts={"lapses_at": at.isoformat()}, by="keeper"),
    )


def lapse(policy: Policy, incident: Incident, now: datetime) -> Changes:
    """Let a silent acknowledgement lapse: escalation starts again one level above its holder."""
    at = clocks.lapses_at(policy, incident)
    if at is None or now < at:
        return ()
    bare = replace(incident, lapsed_at=now)
    again = ladder.start(policy, bare, now, above=ladder.above_holder(policy, incident))
    lapsed = Change("lapsed", {"lapsed_at": now}, facts={"holder": incident.acknowledged_by}, by="keeper")
    return (lapsed, again)


def keep(incident: Incident) -> Changes | Refused:
    """Keep an acknowledgement that is about to lapse."""
    if not incident.held or not incident.live:
        return Refused(f"{incident.key} is not acknowledged")
    return (Change("kept", {"lapse_warned": False}),)


def hold_ladder(incident: Incident) -> Changes:
    """Hold the ladder of an unconfirmed incident whose causes are all clear (design 3.6)."""
    rung = incident.ladder
    if incident.confirmed or rung is None or rung.state is not LadderState.RUNNING:
        return ()
    return (Change("ladder held", {"ladder": replace(rung, state=LadderState.HELD)}),)


def resume_ladder(incident: Incident) -> Changes:
    """Let a held ladder climb on when a cause returns; a step that came due meanwhile is due now."""
    rung = incident.ladder
    if rung is None or rung.state is not LadderState.HELD:
        return ()
    resumed: Ladder = replace(rung, state=LadderState.RUNNING)
    return (Change("ladder resumed", {"ladder": resumed}),)
