"""Services and alert sources that lie, flood, drip and break off, beside some that are well (design 7)."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from console.clock import Clock
from data.domain.alert import SourceState
from data.domain.health import CheckState
from data.store.queries.alerts import sources
from tests.chaos.counts import Counts, dealt
from tests.chaos.places import folder, holds
from tests.chaos.watchers import Process, watchers
from tests.console.alert_room import definition, source
from tests.console.engine_room import Room, check, definitions, shops, until
from tests.console.servers import Behaviour, answer, drip, flood, hang, redirect, reset, say, serve
from tests.hostile import TEXTS
from tests.store.sound import check_sound

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GOOD, EVERY, SECONDS = 3, 1.0, 4.0 * dealt(12)
LEAST, PATIENCE = 3, 120.0  # looks, however busy the machine, and seconds: the floods are served on it too
GROWS = 150  # megabytes that a worker may come to hold
NESTED = "[" * 60_000
EVIL = "".join(text for text in TEXTS if len(text) < 300)
HOSTILE: Mapping[str, Behaviour] = {
    "hangs": hang(),
    "hangs in its head": hang(OK + b"X-Half: "),
    "hangs in its body": hang(OK + b"Content-Length: 99\r\n\r\nhalf"),
    "resets": reset(),
    "resets in its body": reset(OK + b"Content-Length: 99\r\n\r\nhalf"),
    "says nothing": say(b""),
    "is no web server": say(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
    "says noise": say(bytes(range(256)) * 20),
    "drips its head": drip(OK + b"X-Slow: "),
    "drips its body": drip(OK + b"\r\n"),
    "floods headers": flood(OK, b"X-More: headers\r\n"),
    "floods one header": flood(OK + b"X-Long: ", b"a" * 4096),
    "floods interim answers": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "floods its body": flood(OK + b"\r\n", b"x" * 65_536),
    "floods chunks": flood(CHUNKED, b"1\r\nx\r\n" * 500),
    "floods trailers": flood(CHUNKED + b"0\r\n", b"X-Trailer: more\r\n" * 200),
    "sends a bomb": answer(gzip.compress(bytes(24 << 20)), headers="Content-Encoding: gzip\r\n"),
    "nests": answer(NESTED, media="application/json"),
    "nests health": answer('{"status":' * 6_000, media="application/health+json"),
    "says evil": answer(EVIL.encode("utf-8", "surrogatepass"), "503 Evil", media="text/plain"),
    "says evil in its phrase": say(b"HTTP/1.1 500 \x1b]0;owned\x07\x9b31m\xe2\x80\xae\r\n\r\n"),
    "lies of its length": say(OK + b"Content-Length: -5\r\n\r\n"),
    "redirects to itself": redirect("/"),
    "redirects nowhere": redirect("https://[\x1b[2J"),
}


def run() -> Iterator[Counts]:
    """A real worker, and everything at once."""
    with folder() as within:
        yield asyncio.run(suffer(Counts("hostile endpoints"), within))


@asynccontextmanager
async def places() -> AsyncIterator[dict[str, str]]:
    """Where each of them is."""
    async with AsyncExitStack() as kept:
        yield {
            name: (await kept.enter_async_context(serve(behaviour))).url
            for name, behaviour in HOSTILE.items()
        }


async def suffer(counts: Counts, within: Path) -> Counts:
    """Let checks and sources ask them for a while; each kind is a blow."""
    async with places() as urls, shops(GOOD) as well:
        bad = {f"bad{number}": name for number, name in enumerate(HOSTILE)}
        made = [check(key, urls[name], every=EVERY) for key, name in bad.items()]
        made += [check(f"well{n}", shop.url, every=EVERY) for n, shop in enumerate(well)]
        asked = [source(urls[name], name=key, every=timedelta(seconds=EVERY)) for key, name in bad.items()]
        place = Room(str(within / "room.db"), Clock(), definitions(made) + [definition(one) for one in asked])
        try:
            with watchers(place.where, within, 1) as crew:
                await until(lambda: all(place.looks(item.id) for item in made), within=PATIENCE)
                before, seen = memory(crew.running[0]), [shop.asked for shop in well]
                began = time.monotonic()
                await asyncio.sleep(SECONDS)
                with suppress(AssertionError):  # which of them are missing is said below
                    await until(lambda: all(known(place, key) for key in bad), within=PATIENCE)
                lasted = time.monotonic() - began
                looks = [shop.asked - asked for shop, asked in zip(well, seen, strict=True)]
                grown = memory(crew.running[0]) - before
                counts.lose(1 - crew.alive, "workers")
            judge(counts, place, bad)
            due = lasted / EVERY
            counts.lose(
                sum(count < LEAST for count in looks), "services that are well and were not looked at"
            )
            counts.double(
                sum(count > 1.2 * due + 3 for count in looks), "services that were looked at too often"
            )
            counts.lose(grown > GROWS, f"memory: {grown} MB more")
            counts.notes.insert(
                0, f"{lasted:.0f} s; {grown} MB grown; looks at the good ones {looks} of {due:.0f}"
            )
        finally:
            place.store.close()
    return counts


def judge(counts: Counts, place: Room, bad: Mapping[str, str]) -> None:
    """Each was looked at again and again, none is taken for a source of good news."""
    told = {state.id: state for state in place.read(sources)}
    for key, name in bad.items():
        counts.tried += 1
        good = known(place, key)
        trusted = told.get(key, SourceState(key)).ok_at is not None
        counts.survived += good and not trusted
        if not good:
            counts.notes.append(f"a service that {name}: {place.looks(key)} looks, {place.state(key)}")
        if trusted:
            counts.notes.append(f"a source that {name} was believed")
    wrong = [n for n in range(GOOD) if place.state(f"well{n}") is not CheckState.UP]
    counts.lose(len(wrong), "services that are well and called otherwise")
    counts.lose(holds(lambda: place.read(check_sound), counts), "the record and its rows")


def known(place: Room, key: str) -> bool:
    """Whether a service was looked at again and again, and is called something."""
    return place.looks(key) >= LEAST and place.state(key) is not CheckState.UNKNOWN


def memory(process: Process) -> int:
    """How many megabytes a process holds."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024
