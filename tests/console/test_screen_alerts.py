"""Alerts at a responder's hands: what fires, where it leads, and silencing it at its source."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from console import pages
from console.alertmanager import Client
from console.clock import Clock
from data.domain.alerting import Sighting
from data.domain.codec import encode
from data.domain.describe import describe
from data.domain.room import Definition, Kind, Runbook, RunbookStep, Source
from data.domain.severity import Severity
from data.store.commands import proposals
from data.store.commands.findings import Finding
from data.store.queries.alert_views import firing_at
from tests.console.alert_room import definition
from tests.console.alertmanager import Alertmanager, running
from tests.console.room import SIZES, House, User, using
from tests.domain.alerting import INHIBITED, PROD, SILENCED, answer, failure, hostile, sighting
from tests.hostile import forbidden_in
from tests.store.alerting import Watched
from tests.store.room import START, definitions, done
from widgets.alerts import AlertTable

NOTES = {
    "summary": "replica of db-1 is behind",
    "description": "It lags by more than 30 s.\nWrites go on.",
    "runbook_url": "https://runbooks.example/DBDown.md",
    "dashboard": "https://grafana.example/d/db",
    "wiki": "https://wiki.example/db",
}


def furnished(source: Source = PROD, *more: Definition) -> tuple[Definition, ...]:
    return (*definitions(), definition(source), *more)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, furnished())


@pytest.fixture
def watched(house: House) -> Watched:
    return Watched(house.others)


def db(number: int = 3, **more: object) -> tuple[Sighting, ...]:
    made = (sighting(instance=f"db-{index}", annotations=NOTES, starts_at=START) for index in range(number))
    return tuple(replace(item, url="https://prometheus.example/graph?g0", **more) for item in made)  # type: ignore[arg-type]


SLOW = sighting("DBSlow", severity="warning", state=SILENCED, starts_at=START)
LAG = sighting("DBLag", severity="odd", state=INHIBITED, starts_at=START)


def storm(number: int, first: int = 0) -> tuple[Sighting, ...]:
    return tuple(sighting(f"A{index}", f"s{index}", starts_at=START) for index in range(first, number))


async def looks(user: User) -> None:
    """Let the console look at the sources again, as it does each second."""
    before = user.app.feed.sources
    for _ in range(200):
        if user.app.feed.sources != before:
            break
        await user.pilot.pause(0.02)
    await user.later(seconds=1)


@pytest.mark.parametrize("size", SIZES)
async def test_an_incident_says_how_many_fire_and_a_key_lists_them(
    house: House, watched: Watched, size: tuple[int, int]
) -> None:
    watched.poll(answer(*db(), SLOW))
    done(house.others.do(proposals.confirm, "PR-1"))
    async with using(house, size) as user:
        await user.sees("INC-1")
        await user.press("enter")
        await user.sees("3 firing")
        await user.press("A")
        seen = await user.sees("INC-1: 3 firing", "DBDown", "firing", "instance=db-0")
        assert "P1 !" in user.cursor
        assert "13:46:11Z" in user.cursor
        assert "DBSlow" not in seen, "it is of another group"
        if size[1] > 11:
            await user.sees("replica of db-1 is behind", "Writes go on.", "runbook", "T-00:15")
        await user.press("j")
        assert "db-1" in user.cursor
        await user.press("enter")
        await user.sees("since 13:46:11Z, T-00:15", "summary", "o source  r runbook")
        await user.press("escape", "escape")
        await user.sees("Checklist")


async def test_the_side_of_an_incident_follows_the_polls(house: House, watched: Watched) -> None:
    watched.poll(answer(*db()))
    done(house.others.do(proposals.confirm, "PR-1"))
    async with using(house, (120, 36)) as user:
        await user.press("enter")
        await user.sees("Alerts 3 firing   A", "P1 !  DBDown")
        watched.poll(answer(db()[0], *db(3, state=SILENCED)[1:]), seconds=15)
        await looks(user)
        await user.sees("Alerts 1 firing, 2 silenced")


async def test_without_alerts_an_incident_shows_no_empty_pane(house: House) -> None:
    house.declare("Checkout returns 503")
    async with using(house, (120, 36)) as user:
        await user.press("enter")
        seen = await user.sees("Checklist", "Escalation")
        assert "Alerts" not in seen


@pytest.mark.parametrize("size", SIZES)
async def test_a_storm_lists_its_members_before_anybody_answers(
    house: House, watched: Watched, size: tuple[int, int]
) -> None:
    watched.poll(answer(*storm(14)))
    async with using(house, size) as user:
        await user.sees("proposed: alert storm")
        await user.press("enter")
        await user.sees("PR-1: 14 firing", "A0", "service=s0")
        await user.press("G")
        assert "A13" in user.cursor or "A9" in user.cursor
        await user.press("y", "1")
        await user.sees("PR-1 confirmed as INC-1", "INC-1: 14 firing")
        await user.press("a")
        await user.sees("INC-1 acknowledged by ada")
        await user.press("escape")
        await user.sees("NEXT UPDATE", "INC-1")


async def test_a_proposal_is_dismissed_from_its_list(house: House, watched: Watched) -> None:
    watched.poll(answer(*db()))
    async with using(house) as user:
        await user.sees("proposed: DBDown")
        await user.press("A")
        await user.sees("PR-1: 3 firing   y confirms, f dismisses")
        await user.press("f")
        await user.type("a drill")
        await user.press("enter")
        await user.sees("PR-1 dismissed: 3 firing")


async def test_a_proposal_of_a_check_still_says_which_keys_answer_it(house: House) -> None:
    house.others.found(Finding("check:search-api", "search-api is down", Severity.P1, "refused"))
    async with using(house) as user:
        await user.sees("proposed:")
        await user.press("enter")
        await user.sees("PR-1 is a proposal: y confirms it, f dismisses it. Reason: refused.")


async def test_an_incident_without_alerts_leads_to_all_that_fires_and_back(
    house: House, watched: Watched
) -> None:
    house.declare("Search is slow", services=["search"])
    watched.poll(answer(*db(2), SLOW, LAG))
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("G", "A")
        await user.sees("No cause of INC-1 is an alert", "All that fires: 2 firing, 1 silenced, 1 inhibited")
        assert "DBDown" in user.cursor
        assert "P2 ?" in user.line("DBLag")
        await user.press("escape", "g", "A")
        await user.sees("PR-1: 2 firing")
        await user.press("A")
        await user.sees("All that fires: 2 firing")
        await user.press("A")
        await user.sees("PR-1: 2 firing")


async def test_where_no_source_is_configured_the_key_says_what_to_do(tmp_path: Path) -> None:
    async with using(House(tmp_path)) as user:
        await user.press("A")
        await user.sees("No source of alerts is configured: warroom apply loads one")


async def test_a_quiet_room_says_so(house: House, watched: Watched) -> None:
    assert watched.kept() == {}
    async with using(house) as user:
        await user.press("A")
        await user.sees("Nothing fires.")
        await user.press("S", "o", "enter", "w")
        await user.sees("There is no alert under the cursor.")


@pytest.mark.parametrize("size", SIZES)
async def test_a_filter_finds_one_among_many(house: House, watched: Watched, size: tuple[int, int]) -> None:
    watched.poll(answer(*storm(40), *db(2)))
    async with using(house, size) as user:
        await user.sees("proposed:")
        await user.press("A", "A")
        await user.sees("All that fires: 42 firing")
        await user.press("slash")
        await user.type("replica !db-0")
        await user.sees("1 of 42 fit")
        await user.press("enter")
        assert "DBDown" in user.cursor
        await user.press("escape")
        await user.sees_not("of 42 fit")
        assert "DBDown" in user.cursor, "the cursor stays on what was found"
        await user.press("g")
        assert "A0" in user.cursor
        await user.press("escape")
        await user.sees("NEXT UPDATE")


async def test_a_failing_source_is_in_the_first_line_and_over_its_alerts(
    house: House, watched: Watched
) -> None:
    watched.poll(answer(*db()))
    async with using(house, (120, 36)) as user:
        await user.sees("alerts 0s")
        watched.poll(failure(trouble="connection refused"), minutes=3)
        await looks(user)
        await user.sees("alerts STALE 3m: prod connection refused")
        await user.press("A")
        await user.sees("STALE 3m: prod connection refused", "firing ?", "prod is not known since 13:46:26Z")


async def test_where_nobody_asks_the_first_line_says_so(house: House, watched: Watched) -> None:
    watched.poll(answer(*db()))
    house.clock.later(minutes=10)
    async with using(house, (120, 36)) as user:
        await user.sees("nobody asks for alerts")


async def test_pages_are_opened_or_copied_by_a_key(
    house: House, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "can_open", lambda: False)
    watched.poll(answer(*db(1), sighting("Bare", severity="warning")))
    async with using(house) as user:
        copied: list[str] = []
        monkeypatch.setattr(user.app, "copy_to_clipboard", copied.append)
        await user.sees("proposed:")
        await user.press("A")
        await user.press("o")
        await user.sees("Copied, since no browser opens here: https://prometheus.example")
        await user.press("r")
        await user.sees("https://runbooks.example/DBDown.md")
        await user.press("d")
        await user.sees("Which page of DBDown?", "wiki  https://wiki.example/db")
        await user.press("2")
        await user.press("enter")
        await user.sees("o source  r runbook")
        await user.press("d")
        await user.sees("Which page of DBDown?")
        await user.press("1")
        await user.press("c")
        await user.press("j", "r")
        await user.sees("Bare names no runbook.")
        await user.press("o")
        await user.sees("Bare does not say where it was made.")
    assert copied[:4] == [
        "https://prometheus.example/graph?g0",
        "https://runbooks.example/DBDown.md",
        "https://wiki.example/db",
        "https://grafana.example/d/db",
    ]
    assert copied[4].startswith('{alertname="DBDown", instance="db-0"')


async def test_the_runbook_an_alert_asks_for_is_suggested_first(tmp_path: Path) -> None:
    asked = Runbook("dbdown", "When a database is down", (RunbookStep("look"),))
    book = Definition(Kind.RUNBOOK, asked.id, encode(asked))
    house = House(tmp_path, furnished(PROD, book))
    Watched(house.others).poll(answer(*db(1)))
    done(house.others.do(proposals.confirm, "PR-1"))
    async with using(house, (120, 36)) as user:
        await user.press("enter")
        await user.sees("fits: dbdown, api-failures")
        await user.press("R")
        await user.sees("1  When a database is down  1 step  fits: alert DBDown")


@pytest.mark.slow
async def test_thousands_are_a_list_one_can_move_in(house: House, watched: Watched) -> None:
    many = tuple(sighting(f"A{n % 500}", f"s{n % 500}", instance=f"i{n}") for n in range(5_000))
    watched.take(answer(*many))
    watched.settle(watched.steps())
    async with using(house) as user:
        await user.sees("alert storm: 500 groups")
        await user.press("enter")
        await user.sees("PR-1: 5000 firing")
        await user.press("pagedown", "pagedown", "G", "k", "k")
        assert "▌" in user.cursor
        assert len(user.app.screen.query_one(AlertTable).items) == 5_000


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (64, 11)])
async def test_hostile_alerts_are_drawn_harmlessly(house: House, size: tuple[int, int]) -> None:
    watched = Watched(house.others)
    watched.poll(answer(*hostile()))
    async with using(house, size) as user:
        await user.sees("proposed:")
        await user.press("A")
        await user.sees(f"{len(hostile())} firing")
        for _ in range(len(hostile())):
            await user.press("j")
            assert not forbidden_in("".join(user.lines))
        await user.press("g")
        for _ in range(6):
            await user.press("enter")
            assert not forbidden_in("".join(user.lines))
            await user.press("escape", "d", "escape", "S")
            assert not forbidden_in("".join(user.lines))
            await user.press("escape", "j", "j", "j")
        await user.press("c")
        assert user.app.is_running


# Silences, at a real Alertmanager.

DISK = {"alertname": "DiskFull", "service": "search", "severity": "warning"}


class Team:
    """A house whose source is a real Alertmanager, asked whenever a test says so."""

    def __init__(self, manager: Alertmanager, house: House, source: Source) -> None:
        self.manager, self.house, self.source = manager, house, source
        self.watched = Watched(house.others, source, quiet=True)

    async def poll(self) -> None:
        """Ask it as a worker does."""
        self.house.clock.now = datetime.now(UTC)
        self.watched.poll(await Client(Clock()).pull(self.source, self.manager.url), seconds=0)

    async def hushed(self, user: User, number: int) -> None:
        """Poll until so many alerts are silenced there, and the screen has looked again."""
        for _ in range(100):
            await self.poll()
            firing = self.house.others.read(lambda connection: firing_at(connection, "prod"))
            if [item.state for item in firing].count(SILENCED) == number:
                break
            await user.pilot.pause(0.1)
        await looks(user)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with running(tmp_path) as manager:
        source = Source("prod", "alertmanager", (manager.url,), every=timedelta(seconds=15))
        house = House(tmp_path, furnished(source))
        house.clock.now = datetime.now(UTC)
        yield Team(manager, house, source)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_a_group_is_silenced_with_a_reason_and_heard_again(team: Team, size: tuple[int, int]) -> None:
    team.manager.fire({**DISK, "instance": "es-1"}, {**DISK, "instance": "es-2"})
    team.manager.fire({**DISK, "alertname": "DiskSlow"})
    await team.poll()
    done(team.house.others.do(proposals.confirm, "PR-1"))
    async with using(team.house, size) as user:
        await user.sees("INC-1")
        await user.press("A")
        await user.sees("INC-1: 3 firing")
        await user.press("S")
        await user.sees("Silence at prod", 'alertname="DiskFull"', "Matches 2 alerts now: DiskFull (2)")
        assert "instance" not in user.line("alertname")
        await user.press("f2")
        await user.sees("A silence needs a reason.")
        await user.type("being cleaned up")
        await user.press("f2")
        await user.sees("Silence at prod until", "It matches 2 alerts now:")
        assert team.manager.silences() == []
        await user.press("y")
        await user.sees("The silence at prod is made")
        (made,) = team.manager.silences()
        assert (made["createdBy"], made["comment"]) == ("ada", "being cleaned up")
        span = datetime.fromisoformat(made["endsAt"]) - datetime.fromisoformat(made["startsAt"])
        assert timedelta(minutes=59) < span <= timedelta(hours=1)
        event = team.house.others.history("INC-1")[-1]
        assert (event.kind, event.by) == ("silenced", "ada")
        assert event.data["id"] == made["id"]
        assert describe(event).startswith("silenced 2 alerts at prod for 1h: being cleaned up")
        await team.hushed(user, 2)
        await user.sees("1 firing, 2 silenced")
        await user.press("g", "E")
        await user.sees("DiskSlow is not silenced.")
        await user.press("G", "E")
        await user.sees('End the silence "being cleaned up"')
        await user.press("y")
        await user.sees("The silence at prod has ended")
        assert [item["status"]["state"] for item in team.manager.silences()] == ["expired"]
        assert team.house.others.history("INC-1")[-1].kind == "unsilenced"
        await team.hushed(user, 0)
        await user.sees("INC-1: 3 firing")


@pytest.mark.slow
async def test_matchers_are_edited_added_and_emptied_and_the_list_follows(team: Team) -> None:
    team.manager.fire({**DISK, "instance": "es-1"}, {**DISK, "instance": "es-2"})
    team.manager.fire({**DISK, "alertname": "DiskSlow"})
    await team.poll()
    async with using(team.house) as user:
        await user.sees("proposed:")
        await user.press("A", "S")
        await user.sees("Matches 2 alerts now")
        first, *_ = user.app.screen.query(".matcher").results(Input)
        first.focus()
        await user.press("ctrl+e", "ctrl+u")
        await user.sees("Matches 3 alerts now: DiskFull (2), DiskSlow (1); 1 of them beyond the group")
        last = list(user.app.screen.query(".matcher").results(Input))[-1]
        last.focus()
        await user.type("instance=es-2")
        await user.sees("Matches 1 alert now: DiskFull (1)", "another matcher")
        await user.type("(")
        last.value = "instance=~("
        await user.sees("'(' is no regular expression")
        await user.press("f2")
        await user.sees("'(' is no regular expression.")
        last.value = "zone=eu"
        await user.sees("Matches no alert that fires now")
        await user.press("escape")
        await user.sees("y confirms")
        await user.press("S")
        await user.sees("zone=eu", "Matches no alert")
    assert team.manager.silences() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("25h", "A silence may reach 24 h ahead, no further."),
        ("soon", "'soon' is not a duration"),
        ("", "is not a duration"),
    ],
)
async def test_an_end_that_cannot_be_is_refused_in_the_form(team: Team, until: str, says: str) -> None:
    team.manager.fire(DISK)
    await team.poll()
    async with using(team.house) as user:
        await user.sees("proposed:")
        await user.press("A", "S")
        await user.type("known")
        await user.press("enter", "ctrl+u")
        if until:
            await user.type(until)
        await user.press("f2")
        await user.sees(says, "known")


@pytest.mark.slow
async def test_a_source_that_cannot_be_asked_keeps_what_was_typed(team: Team) -> None:
    team.manager.fire(DISK)
    await team.poll()
    async with using(team.house) as user:
        await user.sees("proposed:")
        await user.press("A", "S")
        await user.type("known for weeks")
        team.manager.kill()
        await user.press("f2", "y")
        await user.sees("Prod cannot be asked: connection refused.", "known for weeks")
        team.manager.start()
        await user.press("f2")
        await user.sees("Silence at prod until")
        await user.press("n")
        await user.sees("known for weeks", "Matches 1 alert now")
        await user.press("f2", "y")
        await user.sees("The silence at prod is made")
    assert [item["comment"] for item in team.manager.silences()] == ["known for weeks"]
    assert "silenced 1 alert at prod" in team.house.others.board.latest[0].text


async def test_a_silence_that_has_ended_meanwhile_is_said(team: Team) -> None:
    team.manager.fire(DISK)
    team.manager.silence(alertname="DiskFull", seconds=600)
    async with using(team.house) as user:
        await team.hushed(user, 1)
        await user.press("A")
        await user.sees("0 firing, 1 silenced")
        (silence,) = team.manager.silences()
        client = Client(Clock())
        assert await client.expire_silence(team.source, silence["id"]) is None
        await user.press("E")
        await user.sees("prod knows no silence of DiskFull any more")
