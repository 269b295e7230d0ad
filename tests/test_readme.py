"""README says what the program does: its commands run, its keys, numbers and outputs are the program's.

``python -m tests.test_readme`` writes the keys and outputs into README.md anew.
"""

import json
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from console.actions import ACTIONS
from console.cli.catalogue import MODULES
from console.cli.run import run
from console.evening import NOW, evening
from data.domain.instants import format_instant
from data.domain.severity import Severity
from data.store.definitions import load_policy

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
VERBS = {verb for verbs in MODULES.values() for verb in verbs}

KEYS = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)
SHOWN = re.compile(r"<!-- evening: (?P<what>.+?) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL)
RUN = re.compile(r"<!-- run -->\n```sh\n(?P<text>.*?)```", re.DOTALL)
FILE = re.compile(r"<!-- file: (?P<name>[\w.]+) -->\n```toml\n(?P<text>.*?)```", re.DOTALL)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A scratch folder with a store's name in the environment; in memory, where waiting proves nothing."""
    memory = "/dev/shm"  # noqa: S108 - only folders of its own are made in it
    if os.access(memory, os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", memory)
    with tempfile.TemporaryDirectory(prefix="warroom-readme-") as name:
        monkeypatch.setenv("WARROOM_STORE", f"{name}/room.db")
        monkeypatch.setenv("WARROOM_OPERATOR", "ada")
        monkeypatch.chdir(name)
        yield Path(name)


def keys() -> str:
    """The key table as README shows it."""
    lines = ["| key | where | what it does | id |", "|---|---|---|---|"]
    lines += [
        f"| `{action.key_text}` | {', '.join(action.where)} | {action.help} | `{action.id}` |"
        for action in ACTIONS
        if action.where
    ]
    return "\n".join(lines) + "\n"


def shown(store: str, what: str) -> str:
    """What a command says at the end of the evening; ``json INC-3`` is one entry of ``list --json``."""
    verb, key = what.split()
    arguments = ["list", "--json"] if verb == "json" else [verb, key]
    said = StringIO()
    with redirect_stdout(said):
        assert run([*arguments, "--store", store, "--at", format_instant(NOW)]) == 0
    if verb != "json":
        return said.getvalue()
    entry = next(item for item in json.loads(said.getvalue()) if item["id"] == key)
    fields = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in entry.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def rewritten(text: str) -> str:
    """README with the keys and outputs of today's program."""
    with evening() as (store, _):
        outputs = {match["what"]: shown(store.name, match["what"]) for match in SHOWN.finditer(text)}

    def fresh(match: re.Match[str]) -> str:
        head = match[0][: match.start("text") - match.start()]
        return f"{head}{outputs[match['what']]}```"

    return SHOWN.sub(fresh, KEYS.sub(lambda _: keys(), text))


def test_keys_and_outputs_are_those_of_the_program(folder: Path) -> None:
    text = README.read_text()
    assert KEYS.search(text)
    assert len(SHOWN.findall(text)) >= 2
    assert text == rewritten(text), "python -m tests.test_readme writes them anew"


def test_warroom_keys_prints_the_same_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "--json"]) == 0
    printed = [tuple(row.values()) for row in json.loads(capsys.readouterr().out)]
    rows = [line.strip("| ").split(" | ") for line in keys().splitlines()[2:]]
    assert [tuple(cell.strip("`") for cell in row) for row in rows] == printed


def test_every_command_shown_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text()
    for match in FILE.finditer(text):
        (folder / match["name"]).write_text(match["text"])
    lines = [line for match in RUN.finditer(text) for line in match["text"].splitlines()]
    assert len(lines) > 15
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "warroom"
        assert run(arguments) == 0, f"{line}: {capsys.readouterr().err}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_verb_and_target_named_exists(page: Path) -> None:
    text = page.read_text()
    # a verb is what follows in code; in prose "warroom is" is a sentence
    code = "\n".join([*re.findall(r"`[^`\n]+`|^    .*", text, re.MULTILINE), *RUN.findall(text)])
    named = set(re.findall(r"\bwarroom ([a-z][a-z-]+)", code)) - {"warroom"}  # tmux new -s warroom warroom
    assert named
    assert named <= VERBS
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert links
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    ("severity", "respond", "response", "cadence", "update"),
    [
        (
            Severity.P0,
            "in less than 5 minutes",
            timedelta(minutes=5),
            "every 30 minutes",
            timedelta(minutes=30),
        ),
        (Severity.P1, "within 15 minutes", timedelta(minutes=15), "every hour", timedelta(hours=1)),
        (Severity.P2, "within 1 hour", timedelta(hours=1), "every 4 hours", timedelta(hours=4)),
        (Severity.P3, "within 4 hours", timedelta(hours=4), "daily", timedelta(days=1)),
    ],
)
def test_the_numbers_are_those_of_a_new_room(
    folder: Path, severity: Severity, respond: str, response: timedelta, cadence: str, update: timedelta
) -> None:
    (row,) = re.findall(rf"^\| {severity} {severity.word} .*$", README.read_text(), re.MULTILINE)
    assert row.endswith(f"| {respond} | {cadence} |")
    with evening() as (store, _):
        times = store.read(load_policy).times[severity]
    assert (times.response, times.update) == (response, update)


def test_each_exit_code_is_as_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {
        int(code): what
        for code, what in re.findall(r"^\| (\d+) \| (.+) \|$", README.read_text(), re.MULTILINE)
    }
    assert run(["list"]) == 3
    assert told[3] == "the store cannot be used"
    assert run(["init"]) == 0
    assert run(["init"]) == 1
    assert run(["no-such-verb"]) == 2
    assert run(["show", "INC-1"]) == 4
    assert told.keys() == {0, 1, 2, 3, 4, 5, 70, 130}
    capsys.readouterr()


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text()))
