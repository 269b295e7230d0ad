"""Somebody looks elsewhere: the bell rings and the desktop says why, once, and only when it should."""

import os
from collections.abc import Mapping
from datetime import time
from pathlib import Path

import pytest
from textual import events

from console.attention import REST
from console.settings import AttentionSettings
from data.domain.severity import Severity
from data.store.commands import climbing, incidents, proposals, telling
from data.store.commands.findings import Finding
from tests.console.room import House, User, using
from tests.store.room import done

P0, P1, P2, P3 = Severity
FOOT = {"TERM": "foot"}


class Desktop:
    """A terminal that understands OSC 777, and who hears it."""

    def __init__(self, house: House, environ: Mapping[str, str] | None = None) -> None:
        self.rung: list[str] = []
        house.app.attention.write = self.rung.append
        house.app.attention._environ = FOOT if environ is None else environ

    @property
    def bells(self) -> int:
        return self.rung.count("\a")

    @property
    def notes(self) -> list[str]:
        return [
            one.removeprefix("\x1b]777;notify;").removesuffix("\x1b\\") for one in self.rung if one != "\a"
        ]

    async def hears(self, user: User, *notes: str) -> None:
        """Wait until these have been said, and nothing else."""
        for _ in range(400):
            if len(self.notes) >= len(notes):
                break
            await user.pilot.pause(0.02)
        assert self.notes == list(notes)
        assert self.bells == len(notes)

    async def hears_nothing(self, user: User) -> None:
        """Let the room come to rest and everything gathered be said: there is nothing."""
        house = user.house
        for _ in range(400):
            if house.app.board.seq == house.others.seq and not house.app.attention._pending:
                break
            await user.pilot.pause(0.02)
        assert self.rung == []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, operator="olu")


async def test_what_is_already_so_at_the_start_does_not_ring_and_news_ring_once(house: House) -> None:
    desktop = Desktop(house)
    house.declare("Search is slow", P0)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("2", "1", "enter", "escape")
        await user.app.reload()
        await desktop.hears_nothing(user)
        house.declare("Checkout returns 503", P1)
        await desktop.hears(user, "warroom warroom;P1 INC-2 Checkout returns 503")
        await user.press("2", "1", "enter", "escape", "Z")
        await user.app.reload()
        await user.later(seconds=10)
        await desktop.hears(user, "warroom warroom;P1 INC-2 Checkout returns 503")


async def test_lesser_incidents_do_not_ring_until_they_are_late(house: House) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Export queue grows", P2)
        await user.sees("INC-1")
        await desktop.hears_nothing(user)
        await user.later(minutes=59)
        await desktop.hears_nothing(user)
        await user.later(minutes=1, seconds=1)
        await desktop.hears(user, "warroom warroom;P2 INC-1 nobody has acknowledged: Export queue grows")


async def test_several_at_once_are_one_notification(house: House) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Search is slow", P1)
        house.declare("Checkout returns 503", P0)
        house.others.found(Finding("check:payments-db", "payments-db is DOWN", P1, "3 of 3", ("payments",)))
        await desktop.hears(
            user,
            "warroom warroom;3 new: P0 INC-2 Checkout returns 503, P1 PR-1 proposed: payments-db is DOWN, "
            "P1 INC-1 Search is slow",
        )


async def test_an_update_that_becomes_overdue_rings_unless_somebody_was_in_time(house: House) -> None:
    desktop = Desktop(house)
    keys = [house.declare(title, P1) for title in ("Checkout returns 503", "Search is slow")]
    for key in keys:
        done(house.others.do(incidents.acknowledge, key, by="lin"))
    async with using(house) as user:
        await user.sees("INC-2")
        house.clock.later(minutes=59)
        everybody = ["engineering", "product", "support", "executives"]
        done(house.others.do(telling.send_update, keys[1], "we roll back", everybody, by="lin"))
        await user.sees("in 1:00:00")
        await user.later(minutes=1, seconds=1)
        await desktop.hears(user, "warroom warroom;P1 INC-1 update overdue: Checkout returns 503")


async def test_a_proposal_that_somebody_confirms_is_not_told_twice(house: House) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        finding = Finding("check:payments-db", "payments-db is DOWN", P1, "3 of 3", ("payments",))
        proposed = house.others.found(finding).key
        await desktop.hears(user, "warroom warroom;P1 PR-1 proposed: payments-db is DOWN")
        done(house.others.do(proposals.confirm, proposed, by="lin"))
        await user.sees("INC-1")
        await desktop.hears(user, "warroom warroom;P1 PR-1 proposed: payments-db is DOWN")


async def test_what_one_does_oneself_does_not_ring(house: House) -> None:
    desktop = Desktop(house)
    house.declare("Export queue grows", P2)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("s", "1")
        await user.sees("becomes P0. Why?")
        await user.press("enter")
        await user.sees("P0 !!")
        await desktop.hears_nothing(user)


async def test_the_ladder_calls_whose_turn_it_is(tmp_path: Path) -> None:
    house = House(tmp_path, operator="lin")  # lin is the team lead
    desktop = Desktop(house)
    done(house.others.do(incidents.declare, "Export queue grows", P2, by="sam"))
    async with using(house) as user:
        await user.sees("INC-1")
        house.clock.later(hours=1)
        done(house.others.do(climbing.climb, [1], by="escalation"))
        await desktop.hears(user, "warroom warroom;P2 INC-1 your turn: Export queue grows")


@pytest.mark.parametrize("focus", [True, False, None])
async def test_only_a_terminal_that_is_known_to_have_the_focus_stays_silent(
    house: House, focus: bool | None
) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        if focus is not None:
            user.app.post_message(events.AppBlur())
            user.app.post_message(events.AppFocus() if focus else events.AppBlur())
            await user.rest()
        house.declare("Checkout returns 503", P0)
        await user.sees("INC-1")
        if focus:
            await desktop.hears_nothing(user)
        else:
            await desktop.hears(user, "warroom warroom;P0 INC-1 Checkout returns 503")


async def test_looking_in_time_is_enough_and_looking_away_later_does_not_ring(house: House) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Checkout returns 503", P0)
        while not user.app.attention._pending:
            await user.pilot.pause(0.01)
        user.app.post_message(events.AppFocus())
        await user.rest()
        user.app.post_message(events.AppBlur())
        await user.rest()
        await desktop.hears_nothing(user)


async def test_there_is_a_rest_between_two_notifications(house: House) -> None:
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Checkout returns 503", P0)
        await desktop.hears(user, "warroom warroom;P0 INC-1 Checkout returns 503")
        house.declare("Search is down", P0)
        house.declare("Payments time out", P1)
        await user.sees("INC-3")
        assert len(desktop.notes) == 1
        assert len(user.app.attention._pending) >= 2  # said together, once the rest is over
        assert REST > 1


@pytest.mark.parametrize(
    ("settings", "bells", "notes"),
    [
        (AttentionSettings(bell=False), 0, 1),
        (AttentionSettings(notify=False), 1, 0),
        (AttentionSettings(bell=False, notify=False), 0, 0),
    ],
)
async def test_bell_and_notification_are_each_a_setting(
    tmp_path: Path, settings: AttentionSettings, bells: int, notes: int
) -> None:
    house = House(tmp_path, attention=settings)
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Checkout returns 503", P0)
        await user.sees("INC-1")
        while user.app.attention._pending or len(desktop.rung) < bells + notes:
            await user.pilot.pause(0.02)
        assert (desktop.bells, len(desktop.notes)) == (bells, notes)


@pytest.mark.parametrize("severity", [P0, P1])
async def test_in_quiet_hours_only_a_p0_rings(tmp_path: Path, severity: Severity) -> None:
    house = House(tmp_path, attention=AttentionSettings(quiet=(time(0), time(23, 59, 59))))
    desktop = Desktop(house)
    async with using(house) as user:
        house.declare("Checkout returns 503", severity)
        await user.sees("INC-1")
        if severity is P0:
            await desktop.hears(user, "warroom warroom;P0 INC-1 Checkout returns 503")
        else:
            await desktop.hears_nothing(user)


async def test_a_terminal_nobody_knows_gets_the_bell_alone(house: House) -> None:
    desktop = Desktop(house, {"TERM": "xterm-256color"})
    async with using(house) as user:
        house.declare("Checkout returns 503", P0)
        while not desktop.rung:
            await user.pilot.pause(0.02)
        await user.pilot.pause(0.1)
        assert desktop.rung == ["\a"]


async def test_the_warning_stands_on_the_first_screen(tmp_path: Path) -> None:
    house = House(tmp_path, attention=AttentionSettings(warning="console.toml: [attention] bel is unknown."))
    async with using(house) as user:
        await user.sees("console.toml: [attention] bel is unknown.")


def test_the_environment_is_this_processes_own(house: House) -> None:
    assert house.app.attention._environ is os.environ
