"""The questions ``warroom init`` asks at a terminal; each has a default, and a bad answer is asked again."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.cli import output
from console.cli.asking import agreed, ask
from data.text import clean_line

if TYPE_CHECKING:
    from data.domain.check import Check, Result

T = TypeVar("T")
_ROOM = "warroom"  # what a room is called that nobody has named
_ZONES = Path("/etc/localtime")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a room begins with. An empty text is what somebody left open."""

    room: str
    zone: str
    contact: str  # the id
    person: str
    phone: str
    notify: str  # an address with a secret in it, or the reference to one
    service: str = ""
    url: str = ""
    severity: str = "P1"
    opens: bool = False


def ask_all(operator: str) -> Answers:
    """Ask the five questions. Raises Failure when the input ends before the last answer."""
    output.warn("Five questions. Enter takes what stands in brackets, ctrl+c makes nothing.\n")
    output.warn("1 of 5  What is the room called? The first line of every screen says it.")
    room = _until("name", _ROOM, lambda text: _fits(f"[room]\nname = {quoted(text)}", text))
    output.warn("\n2 of 5  The team's time zone? Screens show UTC, and on a key this one.")
    zone = _until("time zone", local_zone(), lambda text: _fits(f"[room]\ntimezone = {quoted(text)}", text))
    output.warn("\n3 of 5  What is watched first? https://… or tcp://host:port; tried at once.")
    url = _until("address", "", _watched)
    service = ""
    if url:
        service = _until("its service is called", _service_of(url, room), _id)
    output.warn("\n4 of 5  Who is told first when something breaks?")
    person = _until("your name", operator, lambda text: _fits(_contact(name=text), text))
    contact = slug(person) or "me"
    phone = _until("phone, for whoever has to call", "", lambda text: _fits(_contact(phone=text), text))
    output.warn("  An address to notify you at: ntfy://…, mailto://… (Apprise), or env:NAME.")
    notify = _until("notify", "", _notified)
    severity, opens = "P1", False
    if url:
        output.warn(f"\n5 of 5  When {service} is down, how bad is that, P0 (worst) to P3?")
        severity = _until("severity", "P1", _severity)
        opens = agreed("  open an incident at once, before anybody has confirmed it?")
    else:
        output.warn("\n5 of 5  is about what is watched: nothing is, yet.")
    return Answers(room, zone, contact, person, phone, notify, service, url, severity, opens)


def local_zone() -> str:
    """Return the time zone of this machine, UTC where it cannot be told."""
    try:
        found = _ZONES.resolve(strict=True).as_posix().partition("zoneinfo/")[2].removeprefix("Etc/")
        return _fits(f"[room]\ntimezone = {quoted(found)}", found)
    except (OSError, ValueError):
        return "UTC"


def slug(text: str) -> str:
    """Return an id made of a name: ``Ada Lovelace`` is ``ada-lovelace``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def _until(question: str, default: str, take: Callable[[str], T]) -> T:
    while True:
        try:
            return take(clean_line(ask(f"  {question}", default)))
        except ValueError as error:
            output.warn(f"  {error}")


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _contact(name: str = "x", phone: str = "") -> str:
    return f'[[contact]]\nid = "x"\nname = {quoted(name)}\nphone = {quoted(phone)}'


def _fits(toml: str, answer: T) -> T:
    """Return an answer that a configuration takes. Raises ValueError, in its words, for another one."""
    from data.configuration.model import ConfigurationError
    from data.configuration.reading import read

    try:
        read(toml, "answer")
    except ConfigurationError as error:
        found = error.problems[0]
        raise ValueError(f"{found.message}{f' ({found.hint})' if found.hint else ''}") from None
    return answer


def _id(text: str) -> str:
    return _fits(f"[[service]]\nid = {quoted(text)}", text)


def _severity(text: str) -> str:
    if text.upper() not in ("P0", "P1", "P2", "P3"):
        raise ValueError("P0, P1, P2 or P3, please")
    return text.upper()


def _service_of(url: str, room: str) -> str:
    """Return a name for what answers at an address: its host's, the room's where that is a number or here."""
    host = re.sub(r"^[a-z]+://", "", url).partition("/")[0].rpartition("@")[2].partition(":")[0]
    names = [name for name in host.split(".") if name != "www"]
    nameless = host.replace(".", "").isdigit() or host == "localhost" or host.startswith("[")
    own = slug(room) if room != _ROOM else ""
    return (own if nameless else slug(names[0])) or "service"


def _watched(text: str) -> str:
    """Return an address that answers, or that somebody wants all the same. Raises ValueError for another."""
    from data.domain.check import Check, Outcome

    if not text:
        return text
    if "://" not in text and not text.startswith(("env:", "file:")):
        text = f"https://{text}"
    check = f'[[service]]\nid = "x"\n[[check]]\nid = "x"\nservice = "x"\nurl = {quoted(text)}'
    _fits(check, text)
    result = asyncio.run(_probe(Check("first", "", text)))
    status = f"HTTP {result.status}, " if result.status else ""
    total = result.timings.total
    took = f" in {total * 1000:.0f} ms" if total is not None else ""
    output.warn(f"  {result.outcome}: {status}{result.detail or result.reason}{took}")
    if result.outcome in (Outcome.PASS, Outcome.WARN) or agreed("  keep it all the same?"):
        return text
    raise ValueError("another address, then; or none, with enter")


async def _probe(check: "Check") -> "Result":
    from datetime import UTC, datetime

    from console.workers.probe import Prober

    return await Prober().probe(check, now=lambda: datetime.now(UTC))


def _notified(text: str) -> str:
    from console.workers.secrets import is_reference

    if not text or is_reference(text):
        return text
    # costly to load, and wanted only for an address
    from console.channels.apprise import known_scheme

    if not known_scheme(text):
        raise ValueError("Apprise does not know such an address, or lacks what it needs for it")
    return text
