"""Commands of a checklist on the record: that one is about to run, and how it ended (design 3.8)."""

from sqlalchemy import Connection

from data.domain import running
from data.domain.change import STEP, Changes, Refused
from data.domain.incident import Incident
from data.domain.running import RAN, STARTED, Before, Ended
from data.store import rows
from data.store.commands.finding import find_incident
from data.store.commands.incidents import act
from data.store.tables import EVENT
from data.store.unit import Answer, Write
from data.text import clean, clean_line

OUTPUT = 65_536  # characters of a command's output that are kept
OUTPUT_LINES = 20_000


def start(
    write: Write, key: str, step_id: str, command: str, run: str, *, seen: int = 0, console: str = ""
) -> Answer | Refused:
    """Write down that a command is about to run: before it does, so that a killed console leaves a trace.

    ``console`` is the holder by which it is seen whether the console is still there. Refused where the
    step's runbook is not trusted, or somebody has started it since ``seen``.
    """
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    before = newest_run(write.connection, found.id, step_id)
    trusted = write.settings.trusted
    changes = running.start(found, step_id, command, run, trusted, before=before, seen=seen, console=console)
    if isinstance(changes, Refused):
        return changes
    write.change(found, changes)
    return Answer(found.key, "", {"run": run, "seq": write.seq})


def end(write: Write, key: str, step_id: str, command: str, run: str, ended: Ended) -> Answer | Refused:
    """Write down how it ended; once, however often it is told."""
    number = find_incident(write, key)
    if isinstance(number, Refused):
        return number
    before = newest_run(write.connection, number.id, step_id)
    if before is not None and before.run == run and before.ended is not None:
        return Answer(number.key)
    kept = Ended(
        ended.how,
        ended.seconds,
        ended.code,
        clean_line(ended.signal, 40),
        clean(ended.output, OUTPUT, OUTPUT_LINES),
        ended.left_out,
        clean_line(ended.why),
        ended.holds,
    )

    def rule(incident: Incident) -> Changes | Refused:
        return running.end(incident, step_id, command, run, kept)

    return act(write, key, rule, lambda state: state.key)


def newest_run(connection: Connection, number: int, step_id: str) -> Before | None:
    """Return the newest run of a step."""
    events = rows.load_events(
        connection,
        EVENT.c.incident == number,
        EVENT.c.subject == STEP + step_id,
        EVENT.c.kind.in_((STARTED, RAN)),
    )
    return running.newest(events)
