"""What changes the room itself: configuration and maintenance."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from data.domain.change import Refused
from data.domain.codec import encode
from data.domain.durations import format_duration
from data.domain.instants import format_instant
from data.domain.maintenance import window_now
from data.domain.room import Definition, Kind, Origin
from data.store.commands.checks import sync_leases
from data.store.commands.runbooks import Source, forget_texts, keep_text
from data.store.definitions import load_checks, load_services, retire, upsert
from data.store.unit import Answer, Write
from data.text import clean_line

LONGEST = timedelta(days=7)


def apply(
    write: Write,
    upserts: Sequence[Definition],
    retires: Sequence[Definition],
    lines: Sequence[str],
    texts: Mapping[str, str] | None = None,
) -> Answer:
    """Change the room's definitions as planned, all at once.

    ``texts`` are those of the runbooks that stand in Markdown files, by id; the others that change have none.
    """
    sources = texts or {}
    upsert(write.connection, upserts)
    retire(write.connection, retires, write.now)
    forget_texts(
        write,
        [item.id for item in (*upserts, *retires) if item.kind is Kind.RUNBOOK and item.id not in sources],
    )
    for key, text in sources.items():
        keep_text(write, key, Source(text, f"runbooks/{key}.md"))
    sync_leases(write.connection, load_checks(write.connection), write.now)
    if lines:
        write.tell("configured", "room", {"changes": list(lines)})
    return Answer(text=f"{len(lines)} changes applied" if lines else "nothing to change")


def maintain(write: Write, service: str, lasting: timedelta, why: str = "") -> Answer | Refused:
    """Begin a maintenance of a service now: its checks are measured but open nothing."""
    known = [item.id for item in load_services(write.connection)]
    if service not in known:
        return Refused(
            f"there is no service {service}", f"services: {', '.join(known) or 'none'}", "not-found"
        )
    if not timedelta() < lasting <= LONGEST:
        return Refused(f"a maintenance lasts up to {format_duration(LONGEST)}")
    key = f"{service[:32]}-{write.now:%Y%m%dt%H%M%S}-{write.seq + 1}"
    window = window_now(key, service, write.now, lasting, clean_line(why))
    upsert(write.connection, [Definition(Kind.MAINTENANCE, key, encode(window), Origin.CONSOLE)])
    until = format_instant(window.ends)
    write.tell("maintenance", f"service:{service}", {"service": service, "until": until, "why": window.why})
    return Answer(service, f"{service} in maintenance until {until}", {"service": service, "until": until})
