"""Alerts from the shell: listed, shown with their incident, silenced at a real Alertmanager."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.domain.alerting import Sighting
from data.domain.instants import format_instant
from data.domain.room import Source
from data.store.commands import proposals
from data.store.store import open_store
from tests.console.alertmanager import Alertmanager, running
from tests.console.cli_room import ROOM, Said, Shell, new_shell
from tests.domain.alerting import SILENCED, answer, failure, hostile, sighting
from tests.hostile import forbidden_in
from tests.store.alerting import Watched
from tests.store.room import Clock as SetClock
from tests.store.room import Room, done

SOURCES = (
    ROOM
    + """
[[source]]
id = "prod"
url = "{url}"
[[source]]
id = "staging"
url = "http://127.0.0.1:9"
"""
)


def told(store: Room, *shown: Sighting, name: str = "prod") -> Watched:
    """Let a source that was quiet show some alerts."""
    watched = Watched(store, Source(name, "alertmanager", ("https://am.example",)))
    watched.poll(answer(*shown))
    return watched


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Alertmanager]:
    with running(tmp_path) as made:
        yield made


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = new_shell(tmp_path, monkeypatch)
    connect(shell, "http://127.0.0.1:9")
    return shell


def connect(shell: Shell, url: str) -> None:
    file = shell.store.with_name("sources.toml")
    file.write_text(SOURCES.format(url=url))
    shell.done("apply", str(file))


@pytest.fixture
def store(shell: Shell) -> Iterator[Room]:
    """The shell's store, at the present."""
    clock = SetClock(datetime.now(UTC) - timedelta(minutes=1))
    opened = open_store(str(shell.store), clock)
    yield Room(opened, clock)
    opened.close()


def db(number: int) -> tuple[Sighting, ...]:
    notes = {"summary": "a replica is behind", "runbook_url": "https://runbooks.example/db.md"}
    since = datetime.now(UTC) - timedelta(minutes=7)
    return tuple(
        sighting(instance=f"db-{index}", annotations=notes, starts_at=since) for index in range(number)
    )


def test_what_fires_is_listed_with_its_state(shell: Shell, store: Room) -> None:
    assert shell("alerts").out == "nothing fires\n"
    one, two = db(2)
    told(store, one, two, sighting("Quiet", "search", state=SILENCED))
    said = shell("alerts")
    assert said.code == 0
    for words in ("all that fires", "2 firing, 1 silenced", "P1 !  DBDown", "7m", "instance=db-1"):
        assert words in said.out
    answered = shell.done("alerts")
    assert answered["id"] is None
    assert [item["state"] for item in answered["alerts"]] == ["firing", "firing", "silenced"]
    first = answered["alerts"][0]
    assert set(first) == {"source", "name", "fingerprint", "severity", "state", "since", "labels", "url"}
    assert (first["source"], first["name"], first["severity"]) == ("prod", "DBDown", "P1")
    assert first["since"] == format_instant(one.starts_at)
    assert first["labels"]["instance"] == "db-0"


def test_those_of_a_proposal_and_of_the_incident_it_became(shell: Shell, store: Room) -> None:
    told(store, *db(2))
    shell.done("declare", "Something else", "-s", "P2")
    assert "PR-1  DBDown: a replica is behind (+1)\n2 firing\n" in shell("alerts", "PR-1").out
    done(store.do(proposals.confirm, "PR-1"))
    assert "INC-2  DBDown: a replica is behind (+1)\n2 firing\n" in shell("alerts", "2").out
    assert len(shell.done("alerts", "INC-2")["alerts"]) == 2
    assert shell("alerts", "INC-1").out == "no cause of INC-1 is an alert\n"
    assert shell("alerts", "INC-9").code == 4
    assert shell("alerts", "PR-9", "--json").error["code"] == "not-found"


def test_show_has_the_alerts_and_the_words_of_causes(shell: Shell, store: Room) -> None:
    watched = told(store, *db(2))
    done(store.do(proposals.confirm, "PR-1"))
    shown = shell.done("show", "INC-1")
    assert [item["name"] for item in shown["alerts"]] == ["DBDown", "DBDown"]
    said = shell("show", "INC-1").out
    assert "cause      alert DBDown/checkout of prod, failing" in said
    assert "Alerts 2 firing" in said
    watched.poll(answer(*db(14)))
    assert "and 4 more: warroom alerts INC-1" in shell("show", "INC-1").out
    past = shell.done("show", "INC-1", "--at", format_instant(store.clock.now - timedelta(seconds=10)))
    assert len(past["alerts"]) == 2
    assert shell.done("show", shell.done("declare", "Else", "-s", "P2")["id"])["alerts"] == []


def test_a_source_that_fails_is_named_with_the_age_of_what_is_known(shell: Shell, store: Room) -> None:
    watched = told(store, *db(1))
    store.clock.now = datetime.now(UTC) - timedelta(minutes=3, seconds=10)
    watched.poll(answer(*db(1)), seconds=0)
    watched.poll(failure(trouble="connection refused"))
    assert shell("alerts").out.startswith("STALE 3m: prod connection refused\n")
    (prod, staging) = shell.done("alerts")["sources"]
    assert (prod["stale"], prod["trouble"]) == (True, "connection refused")
    assert (staging["id"], staging["ok_at"]) == ("staging", None)


def test_without_a_source_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = new_shell(tmp_path, monkeypatch)
    assert shell("alerts").out == "no source of alerts is configured\n"


def test_hostile_alerts_are_printed_harmlessly(shell: Shell, store: Room) -> None:
    told(store, *hostile())
    for words in (["alerts"], ["alerts", "PR-1"], ["show", "PR-1"], ["alerts", "--json"]):
        said = shell(*words)
        assert said.code == 0
        assert not forbidden_in(said.out.replace("\n", ""))
    assert len(shell.done("alerts")["alerts"]) == len(hostile())


# Silences, at a real Alertmanager.

DISK = {"alertname": "DiskFull", "service": "search", "severity": "warning"}


def fires(manager: Alertmanager, shell: Shell, store: Room) -> None:
    """Let two disks be full at a real Alertmanager, and the room know of it."""
    connect(shell, manager.url)
    manager.fire({**DISK, "instance": "es-1"}, {**DISK, "instance": "es-2"})
    marks = {item["labels"]["instance"]: item["fingerprint"] for item in manager.alerts()}
    told(
        store,
        *(
            Sighting(marks[name], {**DISK, "instance": name}, {}, "", store.clock.now, answered)
            for name, answered in (("es-1", sighting().state), ("es-2", sighting().state))
        ),
    )


def hushed(manager: Alertmanager) -> int:
    """How many alerts a silence hides, once Alertmanager has noticed."""
    for _ in range(50):
        found = [item["status"]["state"] for item in manager.alerts()].count("suppressed")
        if found:
            return found
        time.sleep(0.1)
    return 0


def asks(shell: Shell, *words: str, typed: str) -> Said:
    return shell("silence", "PR-1", *words, terminal=True, typed=typed)


def test_at_a_terminal_it_shows_exactly_what_and_asks(
    manager: Alertmanager, shell: Shell, store: Room
) -> None:
    fires(manager, shell, store)
    before = shell.events()
    no = asks(shell, "--why", "being cleaned up", typed="\n")
    assert (no.code, no.out) == (1, "")
    for words in (
        'alertname="DiskFull"',
        'service="search"',
        "instance=es-2",
        "at prod until",
        "being cleaned up",
        "it matches 2 alerts now: DiskFull (2) [y/N]",
    ):
        assert words in no.err
    assert (shell.events(), manager.silences()) == (before, [])
    yes = asks(shell, "--why", "being cleaned up", "--for", "30m", typed="y\n")
    assert (yes.code, yes.out) == (0, "PR-1: silenced at prod\n")
    assert hushed(manager) == 2
    (made,) = manager.silences()
    assert (made["createdBy"], made["comment"]) == ("ada", "being cleaned up")


def test_a_script_says_yes_once_however_often_it_asks(
    manager: Alertmanager, shell: Shell, store: Room
) -> None:
    fires(manager, shell, store)
    done(store.do(proposals.confirm, "PR-1"))
    assert "give --yes" in shell("silence", "INC-1", "--why", "x").err
    words = ("silence", "INC-1", "--why", "known", "--yes", "--matcher", "service=search", "--matcher")
    once = (*words, "instance=~es-.*", "--command-id", "once")
    first = shell.done(*once)
    assert shell.done(*once) == first
    (made,) = manager.silences()
    assert first["id"] == "INC-1"
    silence = first["silence"]
    assert (silence["id"], silence["source"], silence["alerts"]) == (made["id"], "prod", 2)
    assert silence["matchers"] == ['service="search"', 'instance=~"es-.*"']
    assert silence["until"].endswith("Z")
    assert "silenced 2 alerts at prod for 1h: known" in shell("show", "INC-1").out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("INC-9", "--why", "x"), 4, "there is no INC-9"),
        (("PR-1", "--why", " "), 1, "a silence needs a reason"),
        (("PR-1", "--why", "x", "--for", "25h"), 1, "24 h ahead, no further"),
        (("PR-1", "--why", "x", "--for", "soon"), 2, "is not a duration"),
        (("PR-1", "--why", "x", "--matcher", "nonsense"), 2, "is no matcher"),
        (("PR-1", "--why", "x", "--matcher", "service=~("), 2, "is no regular expression"),
        (("PR-1", "--why", "x", "--matcher", "zone="), 1, "hide every alert that lacks the labels"),
        (("PR-1", "--why", "x", "--source", "staging"), 4, "no alert of PR-1 fires at staging"),
        (("PR-1",), 2, "--why"),
        (("PR-1", "--why", "x"), 1, "prod cannot be asked: connection refused"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    shell: Shell, store: Room, words: tuple[str, ...], code: int, says: str
) -> None:
    told(store, *db(1))
    before = shell.events()
    said = shell("silence", *words, "--yes")
    assert says in said.err
    assert (said.code, said.out, shell.events()) == (code, "", before)


def test_two_sources_have_to_be_told_apart(shell: Shell, store: Room) -> None:
    shell.done("declare", "Search is slow", "-s", "P2", "--service", "checkout")
    told(store, sighting("A"))
    told(store, sighting("B"), name="staging")
    said = shell("silence", "INC-1", "--why", "x", "--yes")
    assert (said.code, "its alerts come from 2 sources" in said.err) == (2, True)
    assert "name one: --source prod" in said.err


def test_nothing_that_fires_is_nothing_to_silence(shell: Shell) -> None:
    shell.done("declare", "Search is slow", "-s", "P2")
    assert "no alert of INC-1 fires" in shell("silence", "INC-1", "--why", "x", "--yes").err
