"""Which runbook an alert asks for."""

import pytest

from data.domain.alert import Alert
from data.domain.alert_runbooks import runbook_ids, runbooks_for
from data.domain.room import Runbook
from tests.domain.alerting import Polled, answer, sighting
from tests.hostile import TEXTS


def alert(name: str = "DBDown", **annotations: str) -> Alert:
    room = Polled()
    room.poll(answer(sighting(name, annotations=annotations)))
    return room.one(name)


@pytest.mark.parametrize(
    ("url", "likeliest"),
    [
        ("https://runbooks.example/db", "db"),
        ("https://runbooks.example/db/Database%20Failover.md", "database-failover"),
        ("https://runbooks.example/db/database-issues/", "database-issues"),
        ("https://runbooks.example/all#disk-full", "disk-full"),
        ("https://github.example/ops/wiki/KubePodCrashLooping", "kube-pod-crash-looping"),
        ("https://runbooks.example/database/README.md", "database"),
        ("database-issues", "database-issues"),
        ("https://runbooks.example/", "db-down"),
        ("https://[broken", "db-down"),
        ("", "db-down"),
    ],
)
def test_its_url_comes_first_and_then_its_name(url: str, likeliest: str) -> None:
    found = runbook_ids(alert(runbook_url=url))
    assert likeliest in found[:2]
    assert found[-2:] == ("dbdown", "db-down")


def test_runbooks_are_found_by_id_and_by_title() -> None:
    books = tuple(
        Runbook(key, title, ())
        for key, title in (("database-issues", "Database issues"), ("r7", "DB down"), ("api", "API failures"))
    )
    down = alert(runbook_url="https://runbooks.example/x/database_issues.html")
    assert [book.id for book in runbooks_for(books, down)] == ["database-issues", "r7"]
    assert [book.id for book in runbooks_for(books, alert("API failures"), down)] == [
        "database-issues",
        "api",
        "r7",
    ], "a link says more than a name"
    assert runbooks_for(books, alert("Other")) == ()


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_written_there_finds_nothing_and_breaks_nothing(text: str) -> None:
    found = runbook_ids(alert(text or "x", runbook_url=text, runbook=text))
    assert all(name == name.casefold() for name in found)
