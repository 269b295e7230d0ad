"""Hostile text in every field, through every view, question, sentence and palette (design 8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from rich.cells import cell_len

from data.domain import roles
from data.domain.change import Refused
from data.domain.check import Check, Outcome, Reason, Result
from data.domain.codec import decode, encode
from data.domain.incident import Link, Role, StepState
from data.domain.policy import Audience, Contact, Level
from data.domain.room import Definition, Kind, Runbook, RunbookStep, Service
from data.domain.severity import Severity
from data.store.commands import incidents, people, proposals, steps, telling
from data.store.commands.checks import Finished
from data.store.commands.findings import Finding, found
from data.store.commands.incidents import act
from data.store.commands.leases import sync_leases
from data.store.commands.turns import Turn, Worker, take_turn
from data.store.unit import Answer, Write
from data.text import clean, clean_line
from tests.console.room import House, User, using
from tests.hostile import HOSTILE, forbidden_in
from tests.store.room import definitions, done

pytestmark = pytest.mark.slow  # real processes, sockets and intervals

P0, P1, P2, P3 = Severity
LONGEST = 4_000  # what is much longer has tests of its own where text is cleaned
SHARES = [HOSTILE[place::4] for place in range(4)]


def furnished(texts: list[str]) -> tuple[Definition, ...]:
    """Return a room in which every name, page, step and address is hostile."""
    names = cycle(texts)
    furniture = []
    for item in definitions():
        if item.kind is Kind.LEVEL:
            level: Level = decode(Level, item.spec)
            furniture.append(replace(item, spec=encode(replace(level, name=next(names)))))
        else:
            furniture.append(item)
    things: list[tuple[Kind, str, object]] = []
    for number, text in enumerate(texts):
        step = clean_line(text)  # steps are copied into rows, past the configuration that cleans them
        things += [
            (Kind.CONTACT, f"who{number}", Contact(f"who{number}", text, phone=text, chat=text)),
            (Kind.AUDIENCE, f"aud{number}", Audience(f"aud{number}", text, external=True)),
            (Kind.SERVICE, f"svc{number}", Service(f"svc{number}", (("dashboard", text), (text, text)))),
            (
                Kind.CHECK,
                f"chk{number}",
                Check(f"chk{number}", f"svc{number}", f"https://{number}.example/{text}"),
            ),
            (
                Kind.RUNBOOK,
                f"book{number}",
                Runbook(f"book{number}", text, (RunbookStep(step, step, detail=step, command=step),)),
            ),
        ]
    furniture += [Definition(kind, key, encode(thing), position=50) for kind, key, thing in things]
    return tuple(furniture)


def probed(house: House, texts: list[str]) -> None:
    """Let every check answer something hostile, once."""
    checks = {f"chk{n}": Check(f"chk{n}", f"svc{n}", "https://x.example") for n in range(len(texts))}

    def turn(batch: tuple[Finished, ...]) -> Turn:
        return house.others.store.work(
            lambda connection, now: take_turn(
                connection,
                now,
                Worker("w", "h"),
                checks,
                batch,
                {},
                tuple(checks),
                ahead=timedelta(days=1),
                lease={},
            )
        )

    house.others.store.work(lambda connection, now: sync_leases(connection, checks.values(), now))
    claims = turn(()).claims
    results = {
        f"chk{n}": Result(house.clock(), Outcome.FAIL, Reason.BODY, clean(text))
        for n, text in enumerate(texts)
    }
    turn(tuple(Finished(claim, results[claim.check]) for claim in claims if claim.check in results))


def pinned(write: Write, key: str, text: str) -> Answer | Refused:
    """Attach a link as nobody could paste one."""
    link = Link("ticket", clean_line(text, 500))
    return act(write, key, lambda incident: roles.link(incident, link), lambda state: state.key)


def happened(house: House, texts: list[str]) -> None:
    """Let everything be said that can be said, all of it hostile."""
    room = house.others

    def do(command: Callable[..., Answer | Refused], *args: object, by: str = "lin", **more: object) -> None:
        room.store.write(lambda write: command(write, *args, **more), by=by)

    names = islice(cycle(texts), 1, None)
    for number, text in enumerate(texts):
        other = next(names)
        key = f"INC-{number + 1}"
        do(incidents.declare, f"title {text}", list(Severity)[number % 4], services=[f"svc{number}"])
        by = clean_line(f"op {other}", 60)
        do(incidents.note, key, f"note {text}", by=by)
        do(incidents.acknowledge, key, text, by=by)
        do(people.take_role, key, Role.IC, f"ic {text}", by=by)
        do(pinned, key, text, by=by)
        do(steps.attach, key, f"book{number}", by=by)
        do(telling.send_update, key, f"update {text}", [f"aud{number}"], by=by)
        (mine,) = [item for item in room.incident(key).steps if item.runbook == f"book{number}"]
        do(steps.set_steps, key, [mine.id], StepState.SKIPPED, why=f"why {text}", by=by)
        loose = Finding(f"check:loose{number}", f"down {text}", P1, f"reason {text}", (f"loose{number}",))
        do(found, loose, by=loose.key)
    do(proposals.dismiss, "PR-1", f"why {texts[0]}")


class Reader:
    """Looks at everything that is drawn and stops at the first byte that must not be."""

    def __init__(self, user: User) -> None:
        self.user = user

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.user.press(key)
            self.look(key)

    def look(self, after: str) -> None:
        lines = self.user.lines or ["not drawn yet"]
        assert not forbidden_in("".join(lines)), after
        assert {cell_len(line) for line in lines} == {cell_len(lines[0])}, after
        assert self.user.app.is_running, after


@pytest.mark.parametrize(
    ("share", "size"),
    [
        pytest.param(share, size, marks=[pytest.mark.slow] if place else [])
        for place, (share, size) in enumerate(
            zip(SHARES, [(80, 24), (64, 11), (120, 36), (120, 60)], strict=True)
        )
    ],
)
async def test_hostile_text_is_drawn_harmlessly_everywhere(
    tmp_path: Path, share: tuple[tuple[str, str], ...], size: tuple[int, int]
) -> None:
    texts = [text[:LONGEST] for _, text in share]
    house = House(tmp_path, furnished(texts), operator="op" + texts[0][:30])
    happened(house, texts)
    probed(house, texts)
    async with using(house, size) as user:
        await user.sees("INC-")
        reader = Reader(user)
        # The board, page by page, and every question it can ask about what lies in the middle of it.
        await reader.press("pagedown", "pagedown", "pagedown", "G", "g", "Z")
        await reader.press("M", "pagedown", "escape", "e", "escape", "C", "end", "escape", "u", "escape")
        await reader.press("colon", "escape", "question_mark", "escape", "at", "escape", "d", "escape", "c")
        await reader.press("G", "y", "escape", "f", "escape", "enter")
        # Health, check by check, and the people.
        await reader.press("2", *["j"] * len(texts), "m", "n", "escape", "c", "3", "pagedown", "end", "1")
        # Some incidents from inside.
        for step in ("G", "g"):
            await reader.press(step, "enter")
            await reader.press(
                "tab", "g", "enter", "G", "enter", "tab", "tab", "end", "x", "R", "end", "escape"
            )
            await reader.press("i", "pagedown", "escape", "left_square_bracket", "escape", "W", "escape")
            await reader.press("o", "end", "escape", "T", "escape", "d", "escape", "z", "escape", "escape")
            await reader.press("1")


async def test_what_is_pasted_is_as_harmless_as_what_comes_from_outside(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.sees("INC-1")
        reader = Reader(user)
        texts = dict(HOSTILE)
        few = {
            name: texts[name]
            for name in ("markup link", "escape clears the screen", "nul", "zalgo", "bidi marks")
        }
        for keys, given in (
            (["n"], texts),
            (["enter", "n"], texts),
            (["slash"], few),
            (["at"], few),
            (["S"], few),
        ):
            await user.press(*keys)
            for name, text in given.items():
                await user.quickly("ctrl+u")
                await user.paste(text)
                reader.look(f"{name} after {keys}")
            await reader.press("enter", "f2", "escape", "escape", "1")
        assert done(house.others.do(incidents.note, "INC-1", "still there")).key == "INC-1"
