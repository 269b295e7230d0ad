"""The guide as data against the guide as text: every bullet, every time, every level, every audience."""

import re
import subprocess
import sys
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from data.configuration.reading import read
from data.defaults import defaults, documentation, guide, tools
from data.domain.codec import decode
from data.domain.incident import PHASES
from data.domain.policy import GUIDE_TIMES, Audience, Level, Times
from data.domain.room import SPECS, Kind, Origin, Runbook
from data.domain.severity import Severity


def _things(kind: Kind) -> list[Any]:
    return [decode(SPECS[kind], item.spec) for item in defaults().definitions if item.kind is kind]


def _runbooks() -> dict[str, Runbook]:
    return {runbook.id: runbook for runbook in _things(Kind.RUNBOOK)}


def _bullets(*headings: str) -> list[str]:
    """The list under a heading of the guide, found by the headings that lead to it."""
    depth, found = 0, []
    for line in guide().splitlines():
        if line.startswith("#"):
            if depth == len(headings):
                break
            if line.lstrip("#").strip() == headings[depth]:
                depth += 1
        elif depth == len(headings) and (item := re.match(r"(?:-|\d+\.) (.+)", line)):
            found.append(item[1])
    assert found, headings
    return found


def _phases() -> list[str]:
    return re.findall(r"^### \d\. (.+)$", guide(), re.MULTILINE)


def test_the_process_has_five_phases_and_nineteen_steps_word_for_word() -> None:
    runbook = _runbooks()["incident-response"]
    written = [
        (phase, step)
        for number, phase in enumerate(_phases(), start=1)
        for step in _bullets("Incident Response Process", f"{number}. {phase}")
    ]
    assert tuple(_phases()) == PHASES
    assert len(written) == 19
    assert [(step.phase, step.title) for step in runbook.steps] == written
    assert runbook.always


@pytest.mark.parametrize("scenario", ["Database Issues", "API Failures", "Performance Degradation"])
def test_a_scenario_has_the_guides_four_steps_and_is_attached_only_when_it_fits(scenario: str) -> None:
    runbook = _runbooks()[scenario.lower().replace(" ", "-")]
    assert runbook.title == scenario
    assert [step.title for step in runbook.steps] == _bullets("Common Scenarios", scenario)
    assert len(runbook.steps) == 4
    assert runbook.words
    assert not runbook.always


def test_there_are_no_other_scenarios() -> None:
    scenarios = guide().split("## Common Scenarios")[1].split("\n## ")[0]
    assert len(_runbooks()) == 1 + len(re.findall("^### ", scenarios, re.MULTILINE))


def test_what_the_program_knows_ticks_itself() -> None:
    facts = {step.title: step.auto for step in _runbooks()["incident-response"].steps if step.auto}
    assert facts == {
        "Determine initial severity level": "severity",
        "Acknowledge incident": "acknowledged",
        "Create incident ticket": "ticket",
        "Notify stakeholders": "stakeholders",
        "Update incident status": "resolved",
        "Conduct post-mortem": "post-mortem",
    }


def _span(words: str) -> timedelta:
    words = words.lower().replace("daily", "24 hours").replace("every hour", "1 hour")
    found = re.search(r"(\d+) (minute|hour)s?", words)
    assert found, words
    return int(found[1]) * {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}[found[2]]


def test_the_times_are_the_guides() -> None:
    responses = dict(line.split(": ") for line in _bullets("Incident Classification", "Response Times"))
    updates = dict(line.split(": ") for line in _bullets("Communication", "Update Frequency"))
    written = {Severity(key): Times(_span(words), _span(updates[key])) for key, words in responses.items()}
    times = {item.severity: Times(item.response, item.update) for item in _things(Kind.SEVERITY)}
    assert times == written == GUIDE_TIMES


def test_the_ladder_is_the_guides_and_the_ceo_waits_for_a_person() -> None:
    levels: list[Level] = _things(Kind.LEVEL)
    written = [
        re.sub(r" \(.*\)", "", line).replace("OnCall", "On-call") for line in _bullets("Escalation Path")
    ]
    assert [level.name for level in levels] == written
    assert [level.rank for level in levels] == [1, 2, 3, 4, 5]
    assert "CEO (for P0 incidents)" in guide()
    climbs = {severity: sum(severity in level.severities for level in levels) for severity in Severity}
    assert climbs == {Severity.P0: 5, Severity.P1: 4, Severity.P2: 3, Severity.P3: 2}
    assert [level.id for level in levels if level.confirmed_only] == ["ceo"]


def test_the_audiences_are_the_guides_and_customers_are_never_told_unasked() -> None:
    audiences: list[Audience] = _things(Kind.AUDIENCE)
    written = [line.split(" (")[0] for line in _bullets("Communication", "Stakeholder Updates")]
    assert [audience.name for audience in audiences] == written
    told = {audience.id: "".join(audience.severities) for audience in audiences if not audience.by_hand}
    assert told == {
        "engineering": "P0P1P2P3",
        "product": "P0P1P2",
        "support": "P0P1P2",
        "executives": "P0P1",
    }
    assert [audience.id for audience in audiences if audience.external] == ["customers"]


def test_the_severities_mean_what_the_guide_says() -> None:
    written = _bullets("Incident Classification", "Severity Levels")
    assert written == [
        f"**{severity} ({severity.word.capitalize()})**: {severity.meaning}" for severity in Severity
    ]


def test_documentation_and_tools_are_the_guides() -> None:
    assert list(documentation()) == _bullets("Documentation Requirements")
    assert {purpose: list(names) for purpose, names in tools().items()} == {
        purpose: _bullets("Tools & Resources", purpose) for purpose in ("Monitoring", "Communication")
    }


def test_the_guide_is_a_configuration_like_any_other() -> None:
    text = files("data.defaults").joinpath("guide.toml").read_text(encoding="utf-8")
    written = read(text, "guide.toml").definitions
    loaded = [item for item in defaults().definitions if item.kind is not Kind.ROOM]
    assert [(item.kind, item.id, item.spec, item.position) for item in written] == [
        (item.kind, item.id, item.spec, item.position) for item in loaded
    ]
    assert {item.origin for item in loaded} == {Origin.DEFAULT}


def test_a_first_start_waits_for_no_large_library() -> None:
    program = "import sys, data.defaults; data.defaults.defaults(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"pydantic", "tomlkit", "sqlmodel"} & set(loaded.stdout.split()) == set()
    assert "data.defaults" in loaded.stdout.split()
