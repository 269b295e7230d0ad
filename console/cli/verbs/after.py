"""Verbs for what comes after: postmortem, actions, action."""

import sys
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli import output
from console.cli.common import CommandId, Why, verb
from console.cli.failures import INTERNAL, Failure, usage
from console.cli.options import Options
from console.cli.verbs.looking import Key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from console.cli.room import Room
    from data.domain.change import Refused
    from data.post_mortem.model import Document
    from data.store.unit import Answer, Write

FORMATS = ("md", "html", "json")
_TYPED = 200_000  # characters read from a pipe; a part is shorter
_ENDS = {"done": "done", "drop": "dropped", "reopen": "open"}


@verb("postmortem")
def postmortem(
    options: Options,
    key: Key,
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="md (the default), html or json.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file; - is the terminal.")
    ] = None,
    blameless: Annotated[
        bool, typer.Option("--blameless", help="Call people by their roles, not by their names.")
    ] = False,
    part: Annotated[
        str | None, typer.Option("--part", metavar="PART", help="Write this part, with --text.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="What the part says; - reads it from a pipe.")
    ] = None,
    final: Annotated[
        bool, typer.Option("--final", help="Make it final: nothing says TODO any more.")
    ] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Make it a draft again; --why says why.")] = False,
    not_needed: Annotated[
        bool, typer.Option("--not-needed", help="Say that none is needed; --why says why.")
    ] = False,
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Write the post-mortem of an incident.

    It is filled in from the record, with TODO where a person has to say it.

    For example: warroom postmortem INC-42 --format html --out INC-42.html, or
    warroom postmortem INC-42 --part cause --text "The pool was too small".
    Parts: summary, impact, timeline, cause, factors, resolution, went-well, went-badly, lucky, actions.
    """
    from console.cli.room import opened

    wanted = _format(form, out, json=options.json)
    work = _work(key, part, text, why, final=final, reopen=reopen, not_needed=not_needed)
    with opened(options) as room:
        if work is not None:
            answer = room.write(work, command_id)
            if form is None and out is None and not options.json:
                output.answer(answer.text)
                return
        written = _written(room, key, wanted, blameless=blameless)
    if out is not None and str(out) != "-":
        _save(out, written)
        output.warn(f"written to {out}")
    else:
        output.answer(written.rstrip("\n"))


def _format(form: str | None, out: Path | None, *, json: bool) -> str:
    """Return the format asked for: by name, by ``--json``, or by the file's ending."""
    if form is None and out is not None and not json:
        form = {".html": "html", ".htm": "html", ".json": "json"}.get(out.suffix.lower())
    wanted = (form or ("json" if json else "md")).strip().lower()
    wanted = "md" if wanted == "markdown" else wanted
    if wanted not in FORMATS:
        raise usage(f"{wanted[:40]!r} is no format of a post-mortem", f"one of: {', '.join(FORMATS)}")
    return wanted


def _work(
    key: str, part: str | None, text: str | None, why: str, *, final: bool, reopen: bool, not_needed: bool
) -> "Callable[[Write], Answer | Refused] | None":
    """Return the change that is asked for, None where the post-mortem is only to be written out."""
    from data.store.commands import post_mortems

    asked = (part is not None or text is not None) + final + reopen + not_needed
    if asked > 1:
        raise usage("one change at a time", "--part with --text, --final, --reopen or --not-needed")
    if (part is None) != (text is None):
        raise usage("--part and --text belong together", "--part cause --text TEXT")
    if part is not None and text is not None:
        words = sys.stdin.read(_TYPED) if text == "-" else text
        return partial(post_mortems.write_part, key=key, part=part.strip().lower(), text=words)
    if final:
        return partial(post_mortems.finish, key=key)
    if reopen:
        return partial(post_mortems.reopen, key=key, why=why)
    if not_needed:
        return partial(post_mortems.waive, key=key, why=why)
    return None


def _written(room: "Room", key: str, form: str, *, blameless: bool) -> str:
    import json

    from console.cli.answers import load
    from data.post_mortem.document import document
    from data.store.queries.post_mortems import post_mortem_view

    view = room.read(lambda connection: post_mortem_view(connection, key))
    if view is None:
        room.read(lambda connection: load(connection, key))
        raise Failure(f"{key} is gone", code="not-found")
    now = room.now()
    found = document(view, now, blameless=blameless)
    if form == "json":
        from data.post_mortem.to_json import as_json

        return json.dumps(as_json(found, _today(now)), ensure_ascii=False, indent=2) + "\n"
    return _text(found, form)


def _text(found: "Document", form: str) -> str:
    if form == "html":
        from data.post_mortem.to_html import html

        return html(found)
    from data.post_mortem.to_markdown import markdown

    return markdown(found)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(output.tame(text), encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Failure(f"{path} could not be written: {reason}", code="output", status=INTERNAL) from None


def _today(now: "datetime") -> "date":
    return now.astimezone(UTC).date()


@verb("actions")
def actions(
    options: Options,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose due date has passed.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Those done and dropped too.")] = False,
) -> None:
    """List all action items, the overdue ones first."""
    from console.cli.room import opened
    from data.domain.action_item import sorted_items
    from data.post_mortem.item_table import lines
    from data.post_mortem.to_json import items
    from data.store.queries.post_mortems import action_items, open_items

    with opened(options) as room:
        today = _today(room.now())
        found = sorted_items(room.read(action_items if every else open_items), today)
    if overdue:
        found = tuple(item for item in found if item.overdue(today))
    if options.json:
        output.emit(items(found, today))
    elif found:
        output.show(lines(found, today, output.width()))
    else:
        output.answer("nothing is overdue" if overdue else "no open action items")


@verb("action")
def action(
    options: Options,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="INC TITLE | INC N | done INC N | drop INC N | reopen INC N", show_default=False
        ),
    ],
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Who does it.")] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="DATE", help="2026-12-01, tomorrow, or 14d from today.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="prevent, mitigate, detect or process.")
    ] = None,
    ticket: Annotated[
        str | None, typer.Option("--ticket", metavar="TICKET", help="Where it is tracked.")
    ] = None,
    runbook: Annotated[
        str | None, typer.Option("--runbook", metavar="ID", help="The runbook it is about.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Another title.")] = None,
    why: Why = "",
    command_id: CommandId = None,
) -> None:
    """Add, change or end an action item.

    For example: warroom action INC-42 "Alert at 80 % of the pool" --owner lin --due 14d --type detect,
    warroom action INC-42 1 --due 2026-12-01, warroom action done INC-42 1,
    warroom action drop INC-42 1 --why "the service is gone".
    """
    from console.cli.answers import done
    from console.cli.room import opened
    from data.domain.action_item import ItemKind, ItemState, read_kind
    from data.store.commands import post_mortems

    given = {"owner": owner, "due": due, "ticket": ticket, "runbook": runbook, "title": title}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if kind is not None:
        try:
            values["kind"] = read_kind(kind)
        except ValueError as error:
            raise usage(str(error)) from None
    work: Callable[[Write], Answer | Refused]
    first, *rest = words
    to = _ENDS.get(first.lower())
    if to is not None:
        if len(rest) != 2 or values:
            raise usage(f"{first} takes an incident and a number", f"warroom action {first} INC-42 1")
        number = _number(rest[1])
        if number is None:
            raise usage(f"{rest[1][:40]!r} is no number of an action item", "warroom actions lists them")
        work = partial(post_mortems.end_item, key=rest[0], number=number, to=ItemState(to), why=why)
    elif len(rest) == 1 and (number := _number(rest[0])) is not None and values:
        work = partial(post_mortems.change_item, key=first, number=number, **values)
    elif rest:
        values.pop("title", None)
        values.setdefault("kind", ItemKind.PREVENT)
        work = partial(post_mortems.add_item, key=first, title=" ".join(rest), **values)
    else:
        raise usage("an action item needs an incident and a title", 'warroom action INC-42 "Add an index"')
    with opened(options) as room:
        answer = room.write(work, command_id)
        done(room, answer, action_item=dict(answer.facts))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
