"""Tab in a real shell: verbs, options and the words an option takes."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli.catalogue import MODULES
from console.cli.completion import SHELLS, Verb, bash, fish, verbs, zsh
from tests.console.cli_room import Shell, new_shell, process

VERBS = [name for names in MODULES.values() for name in names]
SCRIPT = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_warroom
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("completion") / "warroom.bash"
    made.write_text(bash(verbs()))
    return made


def offered(script: Path, *words: str) -> list[str]:
    """Press tab behind these words in a real bash."""
    run = ["bash", "--norc", "-c", SCRIPT, "bash", str(script), "warroom", *words]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), VERBS),
        (("res",), ["resolve", "restore"]),
        (("--store", "room.db", "dec"), ["declare"]),
        (("--store", "resolve", "dec"), ["declare"]),  # a store may have any name
        (("--rea",), ["--read-only"]),
        (("declare", "Down", "-s", ""), ["P0", "P1", "P2", "P3"]),
        (("declare", "Down", "--severity", "P1"), ["P1"]),
        (("resolve", "INC-1", "--how", "f"), ["fixed", "false-alarm"]),
        (("resolve", "INC-1", "--why", ""), []),  # free text is nobody's to guess
        (("report", "--by", "m"), ["month"]),
        (("status", "INC-1", "mon"), ["monitoring"]),
        (("severity", "INC-1", ""), ["P0", "P1", "P2", "P3"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("ack", "--comm"), ["--command-id"]),
        (("apply", ""), []),  # bash offers files
        (("nonsense", ""), []),
    ],
)
def test_tab_in_bash(script: Path, words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(script, *words) == expected


def test_every_option_help_tells_of_is_offered(script: Path, shell: Shell) -> None:
    for name in VERBS:
        told = {word.rstrip(",") for word in shell(name, "--help").out.split() if word.startswith("--")}
        known = set(offered(script, name, "--"))
        assert "--help" in known
        assert known <= told, name


def test_bash_completes_the_command_itself(script: Path) -> None:
    run = ["bash", "--norc", "-c", 'source "$1"; complete -p warroom', "bash", str(script)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "complete -o default -F _warroom warroom\n"


@pytest.mark.parametrize(("name", "make"), [("zsh", zsh), ("fish", fish)])
def test_the_other_shells_understand_their_scripts(
    name: str, make: Callable[[tuple[Verb, ...]], str], tmp_path: Path
) -> None:
    text = make(verbs())
    assert all(verb in text for verb in VERBS)
    assert text.count("'") % 2 == 0
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    file = tmp_path / "script"
    file.write_text(text)
    assert subprocess.run([name, "-n", str(file)], capture_output=True, timeout=30).stderr == b""


def test_a_shell_nobody_knows_is_refused(shell: Shell) -> None:
    said = shell("completion", "tcsh")
    assert said.code == 2
    assert "none of bash, zsh, fish" in said.err


@pytest.mark.parametrize("name", list(SHELLS))
def test_the_verb_prints_the_script_and_nothing_else(shell: Shell, name: str) -> None:
    assert shell("completion", name).out == SHELLS[name](verbs())


def test_a_shell_that_starts_is_not_kept_waiting() -> None:
    code = (
        "import sys; from console.cli import main; main(['completion', 'bash']);"
        "sys.exit(bool({'textual', 'sqlmodel', 'sqlalchemy'} & set(sys.modules)))"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, timeout=60, cwd=Path(__file__).parents[2]).returncode == 0
    assert process("completion", "bash").returncode == 0
