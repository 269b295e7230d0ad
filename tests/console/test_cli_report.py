"""Asking a room for its figures: read by a person, a spreadsheet and a script."""

import csv
import io
import re
from pathlib import Path

import pytest

from data.report_views import bar, heat
from tests.console.cli_room import Shell, new_shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = new_shell(tmp_path, monkeypatch)
    shell("declare", "Checkout 503", "-s", "P1", "--service", "checkout", "--detected-at", "40m ago")
    shell("ack", "INC-1")
    shell("resolve", "INC-1", "--how", "fixed")
    shell("declare", "Mail late", "-s", "P3", "--detected-at", "100d ago", "--backfill")
    return shell


def test_a_person_reads_the_last_quarter(shell: Shell) -> None:
    shell.finds("payments")
    said = shell("report")
    assert (said.code, said.err) == (0, "")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert re.fullmatch(r"1 incident from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \d\d:\d\dZ", lines[0])
    assert lines[2] == "SEVERITY INCIDENTS LIVE MTTD MTTA MTTR MEDIAN LONGEST RESPONSE UPDATES"
    assert re.fullmatch(r"P1 1 █{10} — 40m\S* 40m\S* 40m\S* 40m\S* 0 % of 1 —", lines[3])
    assert lines[4].startswith("all 1 ")
    assert "NOISIEST PROPOSED OPENED FALSE LAST" in lines
    assert lines[-1].endswith("payments is DOWN")


def test_a_spreadsheet_gets_seconds_and_shares(shell: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(shell("report", "--by", "service", "--format", "csv").out)))
    assert [row["group"] for row in rows] == ["checkout", "all"]
    assert 2400 <= float(rows[0]["mtta_mean"]) <= 2410
    assert (rows[0]["response_met"], rows[0]["response_missed"], rows[0]["response_share"]) == (
        "0",
        "1",
        "0.0",
    )
    assert rows[0]["mttd_mean"] == ""


@pytest.mark.parametrize("words", [("--json",), ("--format", "json")])
def test_a_script_gets_the_same_in_json(shell: Shell, words: tuple[str, ...]) -> None:
    found = shell("report", "--since", "all", *words).json
    assert (found["by"], found["since"], found["backfilled"]) == ("severity", None, 1)
    groups = {group["group"]: group for group in found["groups"]}
    assert (groups["P3"]["incidents"], groups["P3"]["live"], groups["P3"]["response_share"]) == (1, 1, None)
    assert sum(map(sum, found["hours"].values())) == found["all"]["incidents"] == 2


def test_months_and_windows(shell: Shell) -> None:
    assert len(shell.done("report", "--by", "month", "--since", "365d")["groups"]) in (4, 5)
    assert shell.done("report", "--since", "5m")["all"]["incidents"] == 0
    assert "no incident in this time" in shell("report", "--since", "1m ago").out


@pytest.mark.parametrize(
    "words", [("--by", "colour"), ("--format", "pdf"), ("--since", "soon"), ("--since", "")]
)
def test_what_cannot_be_meant_is_refused(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell("report", *words).code == 2


def test_a_bar_shows_one_incident_and_the_busiest_hour() -> None:
    assert heat([0, 1, 8, 80], 80) == " ▁▁█"
    assert heat([0, 0], 0) == "  "
    assert [bar(number, 80, 10) for number in (0, 1, 40, 80)] == ["", "▏", "█████", "██████████"]
    assert bar(0, 0, 10) == ""
