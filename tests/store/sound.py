"""What must be true of a store at any moment, whatever was done to it."""

from sqlalchemy import Connection, select

from data.domain import clocks
from data.domain.change import fold
from data.domain.incident import Incident, LadderState, Role, StepState
from data.domain.proposal import ProposalState
from data.store import rows
from data.store.tables import CAUSE, COMMAND, COUNTER, INCIDENT, PROPOSAL


def check_sound(connection: Connection) -> None:
    """Assert every invariant of the store; the message names what broke."""
    events = rows.load_events(connection)
    counter = connection.execute(select(COUNTER)).mappings().one()
    assert [event.seq for event in events] == list(range(1, counter["seq"] + 1)), "seq has gaps"
    commands = {row.id: row.at for row in connection.execute(select(COMMAND.c.id, COMMAND.c.at))}
    assert commands.keys() <= {event.command for event in events}, "a command without its events"
    # only the oldest are ever forgotten
    kept = [event for event in events if commands and event.recorded_at >= min(commands.values())]
    assert {event.command for event in kept} == commands.keys(), "a command and its events came apart"
    incidents = {item.id: item for item in rows.load_incidents(connection)}
    assert list(incidents) == list(range(1, counter["incident"] + 1)), "INC numbers have gaps"
    for number, incident in incidents.items():
        history = [event for event in events if event.incident == number]
        assert [event.version for event in history] == list(range(1, len(history) + 1))
        assert fold(history) == incident, f"{incident.key}: its events do not tell what its rows say"
    for row in connection.execute(select(INCIDENT)).mappings():
        expected = _derived(incidents[row["id"]])
        assert {name: row[name] for name in expected} == expected, f"INC-{row['id']}: derived columns"
    _check_causes(connection, incidents, counter["proposal"])


def _derived(incident: Incident) -> dict[str, object]:
    running = [clock for clock in incident.updates if clock.applies] if incident.live else []
    first = min(running, key=clocks.effective_due, default=None)
    if incident.backfilled:
        first = None
    response = incident.response
    finished = (StepState.DONE, StepState.SKIPPED)
    return {
        "live": incident.status not in ("resolved", "closed"),
        "ic": next((person for role, person in incident.roles if role is Role.IC), ""),
        "response_due": response.due if response else None,
        "response_from": response.set_from if response else None,
        "response_started": response.started if response else None,
        "response_strict": response.strict if response else False,
        "update_due": clocks.effective_due(first) if first else None,
        "update_snoozed": clocks.effective_due(first) != first.due if first else False,
        "steps_done": sum(step.state in finished for step in incident.steps),
        "steps_total": len(incident.steps),
        "causes_clear": bool(incident.causes) and all(cause.cleared_at for cause in incident.causes),
        "nobody": incident.ladder is not None and incident.ladder.state is LadderState.NOBODY,
    }


def _check_causes(connection: Connection, incidents: dict[int, Incident], last: int) -> None:
    """Every cause of what is live has its one place there, and no place leads anywhere else."""
    proposals = [
        rows.proposal_of(row)
        for row in connection.execute(select(PROPOSAL).order_by(PROPOSAL.c.id)).mappings()
    ]
    assert [item.id for item in proposals] == list(range(1, last + 1)), "PR numbers have gaps"
    expected: dict[str, tuple[int | None, int | None]] = {}
    held = [(None, item.id, item.causes) for item in incidents.values() if item.live]
    waiting = [item for item in proposals if item.state is ProposalState.PROPOSED]
    for proposal, incident, causes in held + [(item.id, None, item.causes) for item in waiting]:
        for cause in causes:
            assert cause.key not in expected, f"{cause.key} has two live places"
            expected[cause.key] = (proposal, incident)
    places = connection.execute(select(CAUSE)).mappings()
    assert {row["key"]: (row["proposal"], row["incident"]) for row in places} == expected
    for item in proposals:
        assert (item.answered_at is None) == (item.state is ProposalState.PROPOSED), item.key
        became = item.state in (ProposalState.CONFIRMED, ProposalState.OPENED)
        assert (item.incident is not None) == became, item.key
