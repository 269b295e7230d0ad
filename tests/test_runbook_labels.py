"""How well the import reads runbooks: twenty real ones and our own forms, against steps labelled by hand."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from data.runbook import ImportedRunbook, ImportedStep, RunbookClass, read_runbook

FOLDER = Path(__file__).parent / "runbooks"
SHARED = Path(__file__).parents[2] / "shared" / "runbooks"  # the real ones lie beside the project
REAL = ("openshift", "prometheus-operator")
PRECISION, RECALL, COMMANDS = 0.92, 0.92, 0.95  # what is asked of unseen ones is 0.85
SHORTEST = 3  # words of a title that may stand for a longer one that begins with it


@dataclass
class Score:
    """Steps found and missed; optional ones count in neither."""

    right: int = 0
    extra: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    commands: int = 0
    wrong_commands: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.extra))

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + len(self.missed))

    @property
    def with_right_command(self) -> float:
        return 1 - len(self.wrong_commands) / max(1, self.commands)


def labelled(*collections: str) -> list[str]:
    return sorted(
        str(path.relative_to(FOLDER / "labels").with_suffix(""))
        for collection in collections
        for path in (FOLDER / "labels" / collection).glob("*.json")
    )


def runbook(name: str) -> ImportedRunbook:
    folder = SHARED if name.startswith(REAL) else FOLDER
    return read_runbook((folder / f"{name}.md").read_text(encoding="utf-8"), f"{name}.md")


def labels(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def same(one: str, other: str) -> bool:
    short, long = sorted((words(one.rstrip("…")), words(other)), key=len)
    return short == long or (len(short) >= SHORTEST and long[: len(short)] == short)


def score(names: Iterable[str]) -> Score:
    found = Score()
    for name in names:
        left = list(runbook(name).steps)
        for label in labels(name)["steps"]:
            step = next(
                (item for item in left if any(same(item.title, title) for title in label["titles"])), None
            )
            if step is not None:
                left.remove(step)
            if label.get("optional"):
                continue
            if step is None:
                found.missed.append(f"{name}: {label['titles'][0]}")
                continue
            found.right += 1
            compare_commands(found, name, step, label["command"])
        found.extra += [f"{name}: {step.title}" for step in left]
    return found


def compare_commands(found: Score, name: str, step: ImportedStep, wanted: str) -> None:
    if wanted or step.command:
        found.commands += 1
        if step.command.split() != wanted.split():
            found.wrong_commands.append(f"{name}: {step.title}: {step.command!r}")


def told(found: Score) -> str:
    lines = [
        f"precision {found.precision:.3f}, recall {found.recall:.3f}, commands {found.with_right_command:.3f}"
        f" of {found.right + len(found.missed)} labelled steps"
    ]
    lines += [f"extra   {item}" for item in found.extra]
    lines += [f"missed  {item}" for item in found.missed]
    lines += [f"command {item}" for item in found.wrong_commands]
    return "\n".join(lines)


@pytest.mark.skipif(not SHARED.exists(), reason="the real runbooks do not lie beside the project here")
def test_real_runbooks_give_the_steps_a_responder_would_take(
    record_property: Callable[[str, object], None],
) -> None:
    names = labelled(*REAL)
    assert len(names) == 20
    found = score(names)
    record_property("figures", told(found))
    assert found.precision >= PRECISION, told(found)
    assert found.recall >= RECALL, told(found)
    assert found.with_right_command >= COMMANDS, told(found)


@pytest.mark.parametrize("name", labelled("forms"))
def test_each_form_people_write_in_is_understood(name: str) -> None:
    found = score([name])
    assert [found.extra, found.missed, found.wrong_commands] == [[], [], []], told(found)
    assert runbook(name).kind.value == labels(name)["class"]


@pytest.mark.parametrize("name", labelled("forms"))
def test_steps_stand_under_the_headings_they_were_written_under(name: str) -> None:
    phases = {step.title: step.phase for step in runbook(name).steps}
    for label in labels(name)["steps"]:
        titles = [title for title in phases if any(same(title, wanted) for wanted in label["titles"])]
        if titles and not label.get("optional"):
            assert phases[titles[0]] == label["phase"]


@pytest.mark.parametrize("name", labelled(*(REAL if SHARED.exists() else ()), "forms"))
def test_every_runbook_with_something_to_do_gives_a_step(name: str) -> None:
    read = runbook(name)
    if labels(name)["class"] == "checklist":
        assert read.kind is RunbookClass.CHECKLIST
        assert read.steps
    else:
        assert not read.steps


def test_the_guide_itself_is_five_phases_and_three_scenarios() -> None:
    """The Escalation Path is the ladder, and lists of tools, audiences and times are no steps."""
    from data.defaults import guide

    read = read_runbook(guide(), "incident-response-guide.md")
    phases: dict[str, list[str]] = {}
    for step in read.steps:
        phases.setdefault(step.phase, []).append(step.title)
    process = {
        phase: steps for phase, steps in phases.items() if phase.startswith("Incident Response Process")
    }
    scenarios = {phase: steps for phase, steps in phases.items() if phase.startswith("Common Scenarios")}
    assert [phase.rpartition(" > ")[2] for phase in process] == [
        "Detection & Alerting",
        "Initial Response",
        "Investigation",
        "Resolution",
        "Post-Incident",
    ]
    assert sum(map(len, process.values())) == 19
    assert [len(steps) for steps in scenarios.values()] == [4, 4, 4]
    assert len(phases) == len(process) + len(scenarios)
    assert {step.stage for step in read.steps} == {phase.rpartition(" > ")[2] for phase in process} | {""}
