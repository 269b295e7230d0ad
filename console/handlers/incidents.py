"""What people do to an incident."""

from collections.abc import Callable
from functools import partial

from console.handlers.subject import seen, subject
from console.handlers.telling import tell_the_end
from console.place import Place
from console.screens.ask import ask_choice, ask_line, confirm
from console.screens.declare import DeclareScreen
from console.screens.note import ask_note
from data.domain.cause_names import cause_name
from data.domain.change import Refused
from data.domain.incident import Disposition, Role, Status
from data.domain.lifecycle import NEEDS_REASON
from data.domain.severity import Severity
from data.store.commands import incidents, merges, people, proposals, undoing
from data.store.unit import Answer

_ROLES = {
    Role.IC: ("incident commander (IC)", "decides"),
    Role.DEPUTY: ("deputy", "keeps time and lists"),
    Role.SCRIBE: ("scribe", "writes the record"),
    Role.COMMS: ("comms lead", "tells stakeholders"),
    Role.EXPERT: ("subject-matter expert", "works on it"),
}


async def settle(place: Place, work: Callable[..., Answer | Refused]) -> bool:
    """Run a command, asking for a reason when only that is missing; True when it was done."""
    answer = await place.room.attempt(work)
    if isinstance(answer, Refused) and answer.code == NEEDS_REASON:
        why = await ask_line(place, f"{answer.reason[:1].upper()}{answer.reason[1:]}. Why?")
        if not why:
            return False
        answer = await place.room.attempt(partial(work, why=why))
    if isinstance(answer, Refused):
        place.room.refused(answer)
        return False
    await place.room.answered(answer)
    return True


async def declare(place: Place) -> None:
    """Declare an incident by the form."""
    declared = await place.ask(DeclareScreen())
    if declared:
        place.room.follow(declared)
        place.room.open_incident(declared)


async def acknowledge(place: Place) -> None:
    """Acknowledge at once; words can follow as a note."""
    if key := await subject(place):
        await place.room.command(partial(incidents.acknowledge, key=key))


async def note(place: Place) -> None:
    """Write a note; what was typed survives a refusal, and a store that is away."""
    key = await subject(place)
    if key and (text := await ask_note(place, key)):
        written = await place.room.away.note(key, text)
        place.room.settle_draft(f"note:{key}", text, kept=not written)


async def severity(place: Place) -> None:
    """Change the severity, with a reason that may stay empty."""
    if not (key := await subject(place)):
        return
    options = [(level.value, f"{level.value}  {level.word}: {level.meaning}") for level in Severity]
    chosen = await ask_choice(place, f"Severity of {key}", options, at=_now(place, key, "severity"))
    if chosen is None:
        return
    why = await ask_line(place, f"{key} becomes {chosen}. Why?", optional=True)
    if why is not None:
        await place.room.command(partial(incidents.set_severity, key=key, new=Severity(chosen), why=why))


def _now(place: Place, key: str, what: str) -> str | None:
    """Return what a row says at present, where the cursor of a question begins."""
    row = next((row for row in place.room.board.rows if row.key == key), None)
    return str(getattr(row, what)) if row else None


async def status(place: Place) -> None:
    """Change the status; going back asks why, resolving asks how."""
    if not (key := await subject(place)):
        return
    options = [(item.value, f"{item.value}  ({item.phase})") for item in Status]
    chosen = await ask_choice(place, f"Status of {key}", options, at=_now(place, key, "status"))
    if chosen is None:
        return
    if chosen == Status.RESOLVED:
        await resolve(place)
        return
    await settle(place, partial(incidents.set_status, key=key, to=Status(chosen)))


async def resolve(place: Place) -> None:
    """Resolve: how it ended, why when something still fails, and the final update."""
    if not (key := await subject(place)):
        return
    options = [
        ("fixed", "fixed: the cause is gone"),
        ("workaround", "workaround: it works, the cause is still there"),
        ("false-alarm", "false alarm: there was no incident"),
        ("duplicate", "duplicate: of another incident"),
    ]
    how = await ask_choice(place, f"How did {key} end?", options)
    if how is None:
        return
    if how == Disposition.DUPLICATE:
        await merge(place)
        return
    if await settle(place, partial(incidents.resolve, key=key, how=Disposition(how))):
        await tell_the_end(place, key)


async def role(place: Place) -> None:
    """Take a role or give it to somebody; taking command from somebody is announced on the timeline."""
    if not (key := await subject(place)):
        return
    chosen = await ask_choice(
        place, f"Role on {key}", [(item.value, f"{name}: {does}") for item, (name, does) in _ROLES.items()]
    )
    if chosen is None:
        return
    name, _ = _ROLES[Role(chosen)]
    person = await ask_line(
        place, f"Who is {name} of {key}? (empty: nobody)", value=place.room.operator, optional=True
    )
    if person is None:
        return
    answer = await place.room.command(partial(people.take_role, key=key, role=Role(chosen), person=person))
    if answer and answer.facts.get("warning"):
        place.room.say(str(answer.facts["warning"]), severity="warning")


async def merge(place: Place) -> None:
    """Merge into another live incident; undoing it splits them again."""
    if not (key := await subject(place)):
        return
    others = [row for row in place.room.board.rows if row.key != key and not row.proposed]
    if not others:
        place.room.say("There is no other live incident to merge into.", severity="warning")
        return
    options = [(row.key, f"{row.key}  {row.severity}  {row.title}") for row in others]
    into = await ask_choice(place, f"Merge {key} into", options)
    if into:
        await place.room.command(partial(merges.merge, key=key, into=into))


async def keep(place: Place) -> None:
    """Keep an acknowledgement: whoever has it is still at it."""
    if key := await subject(place):
        await place.room.command(partial(people.keep, key=key))


async def split(place: Place) -> None:
    """Take a cause off an incident; it is proposed on its own where it still fails."""
    if not (key := await subject(place)):
        return
    view = await seen(place, key)
    causes = view.incident.causes if view else ()
    if not causes:
        place.room.say(f"{key} has no cause that a machine reported.", severity="warning")
        return
    options = [
        (item.key, f"{cause_name(item.key)}  {'clear' if item.cleared_at else 'still failing'}")
        for item in causes
    ]
    chosen = await ask_choice(place, f"Which cause does not belong to {key}?", options)
    if chosen:
        await place.room.command(partial(proposals.split, key=key, cause_key=chosen))


async def undo(place: Place) -> None:
    """Undo one's own last change here, named before it happens."""
    if not (key := await subject(place)):
        return
    by = place.room.operator
    plan = await place.room.desk.read(lambda connection: undoing.prepare(connection, key, by))
    if isinstance(plan, Refused):
        place.room.refused(plan)
        return
    if await confirm(place, f"Undo your {plan.prompt} on {key}?", yes="Undo"):
        await place.room.command(partial(undoing.take_back, key=key, expected=plan.command))
