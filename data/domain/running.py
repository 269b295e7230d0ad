"""Commands run from a checklist: who may, what the record says of them, how they ended (design 3.8)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from data.domain.change import STEP, Change, Changes, Event, Refused
from data.domain.incident import Incident, Step

STARTED = "run started"
RAN = "ran"
UNKNOWN = "not known how it ended"
LONGEST = 20_000  # characters of a command
_UNSEEN = "\ufffd"  # what stands for a character that nobody can see: what runs must be what is shown


class How(StrEnum):
    """How a command came to its end."""

    EXIT = "exit"  # by itself, with a code
    SIGNAL = "signal"  # ended by a signal that nobody here sent
    STOPPED = "stopped"  # somebody pressed the key
    KILLED = "killed"  # the same, and it did not go by itself
    LEFT = "left"  # the console was left
    FAILED = "failed"  # it could not be started


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a command: ``seconds`` it took, and what it wrote, at most 64 kB of it."""

    how: How
    seconds: float
    code: int | None = None
    signal: str = ""  # SIGTERM
    output: str = ""
    left_out: int = 0  # bytes of the output that were not kept
    why: str = ""  # it could not be started
    holds: bool = False  # something it started goes on and holds its output

    @property
    def well(self) -> bool:
        """True when it ended by itself with 0."""
        return self.how is How.EXIT and self.code == 0


@dataclass(frozen=True, slots=True)
class Before:
    """The newest run of a step on the record: ``ended`` is None where no end is on it."""

    seq: int
    by: str
    host: str
    run: str
    ended: Event | None = None
    console: str = ""  # which started it
    at: datetime | None = None  # when


def why_not(step: Step, trusted: Collection[str], language: str = "") -> str:
    """Return why a step's command cannot be run from here, "" when it can."""
    if not step.command:
        return "this step has no command"
    if step.runbook not in trusted:
        return f"runbook {step.runbook} is not trusted: add it to [runbooks] trusted"
    if language in ("sql", "promql"):
        return f"this is {language.upper()}, not a command of the shell: copy it to where it belongs"
    if _UNSEEN in step.command or len(step.command) > LONGEST:
        return "it holds characters that cannot be shown, or is too long: copy it from its runbook"
    return ""


def start(
    incident: Incident,
    step_id: str,
    command: str,
    run: str,
    trusted: Collection[str],
    *,
    before: Before | None = None,
    seen: int = 0,
    console: str = "",
) -> Changes | Refused:
    """Put on record that a command is about to run; ``seen`` is the newest run of the step that was shown.

    ``console`` is the holder under which the console that runs it says that it is there.
    """
    step = incident.step(step_id)
    if step is None:
        return Refused(f"{incident.key} has no step {step_id}", "show lists them", "not-found")
    if reason := why_not(step, trusted):
        return Refused(reason)
    if not command.strip():
        return Refused("there is nothing to run")
    if before is not None and before.seq > seen and before.ended is None:
        return Refused(f"{before.by} has just started it on {before.host}", "look at the timeline first")
    facts = {"run": run, "title": step.title, "command": command, "console": console}
    return (Change(STARTED, subject=STEP + step_id, facts=facts),)


def end(incident: Incident, step_id: str, command: str, run: str, ended: Ended) -> Changes | Refused:
    """Put on record how a command ended."""
    step = incident.step(step_id)
    if step is None:
        return Refused(f"{incident.key} has no step {step_id}", "show lists them", "not-found")
    facts = {
        "run": run,
        "title": step.title,
        "command": command,
        "how": ended.how.value,
        "code": ended.code,
        "signal": ended.signal,
        "seconds": round(ended.seconds, 3),
        "output": ended.output,
        "left_out": ended.left_out,
        "why": ended.why,
        "holds": ended.holds,
    }
    return (Change(RAN, subject=STEP + step_id, facts=facts),)


def newest(events: Iterable[Event]) -> Before | None:
    """Return the newest run among the events of a step, oldest first."""
    found: Before | None = None
    for event in events:
        run = str(event.data.get("run", ""))
        if event.kind == STARTED:
            console = str(event.data.get("console", ""))
            found = Before(event.seq, event.by, event.host, run, console=console, at=event.at)
        elif event.kind == RAN and found is not None and found.run == run:
            found = replace(found, ended=event)
    return found


def open_ends(events: Iterable[Event]) -> frozenset[int]:
    """Return the ``seq`` of each start whose end is not on the record."""
    began: dict[str, int] = {}
    for event in events:
        if event.kind == STARTED:
            began[str(event.data.get("run", ""))] = event.seq
        elif event.kind == RAN:
            began.pop(str(event.data.get("run", "")), None)
    return frozenset(began.values())


def standing(console: str, host: str, at: datetime, here: Collection[str]) -> str:
    """Say how a command stands whose end is not on the record: it runs while its console is among ``here``.

    A console that is there writes every end down, so what it has not written has not ended.
    """
    return f"running on {host} since {at:%H:%M}Z" if console and console in here else UNKNOWN


def outcome(data: Mapping[str, object]) -> str:
    """Say how a command ended from the facts of its event: ``exit 0 after 3.2 s``."""
    how, code, signal = data.get("how"), data.get("code"), data.get("signal") or "a signal"
    took = data.get("seconds")
    after = f" after {took:.1f} s" if isinstance(took, int | float) else ""
    holds = "; something it started goes on" if data.get("holds") else ""
    match how:
        case How.EXIT:
            return f"exit {code}{after}{holds}"
        case How.SIGNAL:
            return f"ended by {signal}{after}{holds}"
        case How.STOPPED:
            return f"stopped{after}"
        case How.KILLED:
            return f"killed{after}: it did not stop when asked"
        case How.LEFT:
            return f"stopped{after}, since the console was left"
        case How.FAILED:
            return f"could not be started: {data.get('why') or 'no reason given'}"
    return f"{UNKNOWN}{after}"


def output_of(data: Mapping[str, object], lines: int | None = None) -> str:
    """Return what a command wrote, or its last lines; "" where it wrote nothing."""
    text = str(data.get("output") or "").rstrip("\n")
    return text if lines is None else "\n".join(text.split("\n")[-lines:])
