"""What comes out: tamed, coloured only where a person sees it, and whole whatever the other end can take."""

import io
import json
import os
import re
from pathlib import Path

import pytest

from console.cli import output
from data.text_table import cells
from tests.console.cli_room import Said, Shell, new_shell, process
from tests.hostile import TEXTS, forbidden_in

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


def tame(said: Said) -> None:
    """Hold a run to printing nothing a terminal obeys, and no more than a person would read."""
    for written in (said.out, said.err):
        assert not forbidden_in(written.replace("\n", ""))
    assert len(said.err) < 3_000


def test_hostile_text_reaches_no_terminal_and_breaks_no_json(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    for title, note in zip(TEXTS[::2], TEXTS[1::2], strict=False):
        tame(shell("declare", "-s", "P1", "--why", title, "--", f"a{title}"))
        tame(shell("note", "INC-1", "--", note))
    assert len(shell.done("list")) == 1 + len(TEXTS) // 2
    for words in (("list",), ("show", "INC-1"), ("show", "INC-2"), ("explain", "INC-3")):
        tame(shell(*words))
        found = shell(*words, "--json")
        assert not forbidden_in(found.out.removesuffix("\n"))
        json.loads(found.out)


@pytest.mark.parametrize(
    "words",
    [
        ("ack", "INC-1", "--as", "{}"),
        ("escalate", "INC-1", "--to", "{}"),
        ("tick", "INC-1", "--", "{}"),
        ("update", "INC-1", "hello", "--yes", "--audience", "{}"),
        ("declare", "x", "-s", "{}"),
        ("declare", "x", "-s", "P1", "--detected-at", "{}"),
        ("declare", "x", "-s", "P1", "--service", "{}"),
        ("status", "INC-1", "--", "{}"),
        ("maintenance", "--", "checkout", "{}"),
        ("maintenance", "--", "{}", "30m"),
        ("apply", "--", "{}"),
        ("show", "--", "{}"),
        ("confirm", "--", "{}"),
        ("check", "--", "{}"),
        ("list", "--store", "{}"),
        ("list", "--at", "{}"),
        ("ack", "INC-1", "--command-id", "{}"),
        ("{}",),
    ],
    ids=" ".join,
)
def test_what_was_typed_is_repeated_tamed_and_short(shell: Shell, words: tuple[str, ...]) -> None:
    for text in ("\x1b]0;owned\x07", "a\u202eb", "\udcff", "x" * 100_000, "line\n" * 5_000, "a\tb"):
        for asked in (words, ("--json", *words)):
            said = shell(*(word.format(text) for word in asked))
            assert said.code in (0, 1, 2, 3, 4), said.err[:500]
            tame(said)


def test_colours_are_for_a_terminal_that_wants_them(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("declare", "Checkout returns 503", "-s", "P0", "--detected-at", "1h ago")
    plain = shell("show", "INC-1").out
    coloured = shell("show", "INC-1", terminal=True).out
    assert "\x1b" not in plain
    assert "\x1b[1;31mLATE" in coloured
    assert "Checkout returns 503" in _COLOUR.sub("", coloured)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            assert "\x1b" not in shell("show", "INC-1", terminal=True).out


@pytest.mark.parametrize("columns", [200, 100, 80, 64, 50])
def test_nothing_is_wider_than_the_terminal_and_both_clocks_stay(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    shell("declare", "Checkout returns 503 to everybody who pays by card in 日本", "-s", "P1")
    shell("note", "INC-1", "word " * 60)
    lines = shell("list", terminal=True).out.splitlines()
    assert all(cells(line) <= max(columns, 64) for line in lines)
    assert {"SEV", "INCIDENT", "RESPOND", "NEXT"} <= set(lines[0].split())
    dropped = [name for name in ("AGE", "STEPS", "IC", "STATUS") if name not in lines[0].split()]
    assert dropped == ["AGE", "STEPS", "IC", "STATUS"][: {200: 0, 100: 0, 80: 1}.get(columns, 4)]
    timeline = shell("show", "INC-1", terminal=True).out.partition("Timeline")[2]
    assert all(cells(line) <= max(columns, 64) for line in timeline.splitlines())
    assert timeline.count("word") == 60


def test_piped_output_is_never_cut(shell: Shell) -> None:
    title = "Checkout returns 503 " * 9
    shell("declare", title, "-s", "P1")
    assert title.strip() in shell("list").out


def test_json_is_indented_for_a_person_only(shell: Shell) -> None:
    shell("declare", "Überlast", "-s", "P1")
    assert shell("list", "--json").out.count("\n") == 1
    assert "Überlast" in shell("list", "--json").out
    assert shell("list", "--json", terminal=True).out.startswith("[\n  {\n")


def test_a_terminal_without_utf8_gets_what_it_can_hold(shell: Shell) -> None:
    shell("declare", "Überlast → 日本", "-s", "P1")
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    listed = process("list", "--store", str(shell.store), env=ascii_only)
    assert (listed.returncode, listed.stderr) == (0, b"")
    assert b"?berlast" in listed.stdout
    script = process("list", "--json", "--store", str(shell.store), env=ascii_only)
    assert json.loads(script.stdout.decode("ascii"))[0]["title"] == "Überlast → 日本"


def test_a_reader_that_left_is_no_error(shell: Shell) -> None:
    for _ in range(3):
        shell("declare", "x" * 190, "-s", "P1")
    reader, writer = os.pipe()
    os.close(reader)
    said = process("list", "--all", "--store", str(shell.store), stdout=writer)
    os.close(writer)
    assert (said.returncode, said.stderr) == (0, b"")


def test_an_answer_that_cannot_be_written_is_told(shell: Shell) -> None:
    with open("/dev/full", "w") as full:
        said = process("declare", "x", "-s", "P1", "--store", str(shell.store), stdout=full)
    assert said.returncode == 70
    assert said.stderr.startswith(b"warroom: the answer could not be written: No space left")
    assert len(shell.done("list")) == 1


def test_closed_streams_are_no_error(shell: Shell) -> None:
    said = process("list", "--store", str(shell.store), preexec_fn=_close_all)
    assert said.returncode == 0


def _close_all() -> None:
    for descriptor in (0, 1, 2):
        os.close(descriptor)


def test_what_nobody_foresaw_ends_in_a_sentence_and_a_private_log(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*_: object, **__: object) -> None:
        password = "hunter" + "2"
        raise RuntimeError(f"boom\x1b[2J {len(password)}")

    monkeypatch.setattr("data.store.queries.incidents.incidents_now", boom)
    said = shell("list")
    (log,) = (tmp_path / "home").rglob("*.log")
    assert (said.code, said.out) == (70, "")
    assert said.err.splitlines() == [
        "warroom: something went wrong inside warroom (RuntimeError)",
        f"  what happened is in {log}",
    ]
    assert oct(log.stat().st_mode & 0o777) == "0o600"
    written = log.read_text()
    assert "RuntimeError: boom" in written
    assert "hunter2" not in written
    assert not forbidden_in(written.replace("\n", ""))
    assert shell("list", "--json").error["code"] == "internal"


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    assert not output.is_terminal(stream)
    assert not output.is_terminal(None)
