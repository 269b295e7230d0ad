"""The list and an incident as a screen reader reads them aloud."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from data.plain_views import words_of
from tests.console.cli_room import Shell, new_shell

ART = re.compile(r"[│─▁-█▌▸▾…—]|  |\[.\]|!!")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


def read_aloud(text: str) -> list[str]:
    """Return the sentences, each of which has to stand on a line of its own, its label first."""
    lines = [line for line in text.splitlines() if line]
    for line in lines:
        assert ART.search(line) is None, line
        assert re.match(r"[A-Z][A-Za-z0-9 ,:-]*: \S", line), line
        assert line.endswith((".", "!", "?")), line
    return lines


def test_the_list_is_sentences(shell: Shell) -> None:
    shell.done("declare", "Checkout returns 503", "-s", "P0", "--service", "checkout")
    shell.done("declare", "Export queue grows", "-s", "P3")
    key = shell.finds("search", "check:search-api")
    lines = read_aloud(shell("list", "--plain").out)
    assert lines[0] == "Incident INC-1: Checkout returns 503."
    assert lines[1] == "Severity: P0, critical."
    assert lines[3] == "Incident commander: nobody."
    assert re.fullmatch(
        r"Response: due in (5 minutes|4 minutes 5\d seconds), at [-\d]+ [:\d]+ UTC\.", lines[4]
    )
    assert re.match(r"Next update: due in (30 minutes|29 minutes 5\d seconds), at .* UTC, to ", lines[5])
    assert f"Proposal {key}: search is DOWN." in lines
    assert shell("list", "--plain").out.count("\n\n") == 2, "an empty line between two"


def test_an_incident_is_sentences_to_its_last_event(shell: Shell) -> None:
    shell.done("declare", "Checkout returns 503", "-s", "P1", "--service", "checkout")
    shell.done("ack", "INC-1", "on it")
    shell.done("tick", "INC-1", "ir8")
    shell.done("note", "INC-1", "pool at 100 %\nand growing")
    lines = read_aloud(shell("show", "INC-1", "--plain").out)
    assert "Status: acknowledged." in lines
    assert any(line.startswith("Response: in time, after ") for line in lines)
    assert any(re.match(r"Step ir8, done by ada at .*: ", line) for line in lines)
    assert any(re.match(r"Step ir9, to do: ", line) for line in lines)
    assert any(line.startswith("Event at ") and "pool at 100 % and growing" in line for line in lines)
    everything = shell("show", "INC-1").out
    told = len([line for line in lines if line.startswith("Event at")])
    assert told == len(shell.done("show", "INC-1")["timeline"])
    assert "Checkout returns 503" in everything


def test_a_proposal_is_sentences(shell: Shell) -> None:
    key = shell.finds()
    lines = read_aloud(shell("show", key, "--plain").out)
    assert lines[:2] == [f"Proposal {key}: checkout is DOWN.", "Severity: P1, high."]
    assert any(line.startswith("Opens: due in ") for line in lines)


def test_what_came_from_outside_is_harmless_here_too(shell: Shell) -> None:
    shell.done("declare", "Down \x1b[31m[/]\u202ered\nsecond line", "-s", "P1")
    for words in (("list", "--plain"), ("show", "INC-1", "--plain")):
        said = shell(*words).out
        assert "\x1b" not in said
        assert "\u202e" not in said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (130, "2 minutes 10 seconds"),
        (3600, "1 hour"),
        (3605, "1 hour"),
        (90_000, "1 day 1 hour"),
        (-5, "0 seconds"),
    ],
)
def test_a_duration_in_words(seconds: int, words: str) -> None:
    assert words_of(timedelta(seconds=seconds)) == words
