"""Common options before and after the verb, what is free text, and every exit code."""

import json
import re
from pathlib import Path

import pytest

from console.cli.catalogue import MODULES, application
from console.cli.common import VERBS
from tests.console.cli_room import Shell, new_shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("before", "after", "who"),
    [
        ((), (), "ada"),
        (("--as", "lin"), (), "lin"),
        ((), ("--as", "lin"), "lin"),
        (("--as", "sam"), ("--as", "lin"), "lin"),
        ((), ("--as=Lin Chen",), "Lin Chen"),
    ],
)
def test_the_operator_is_the_verbs_else_the_one_before_it_else_the_environments(
    shell: Shell, before: tuple[str, ...], after: tuple[str, ...], who: str
) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    assert shell(*before, "ack", "INC-1", *after).out == f"INC-1 acknowledged by {who}\n"


def test_the_operator_is_the_login_name_when_nobody_says_otherwise(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARROOM_OPERATOR")
    monkeypatch.setenv("LOGNAME", "grace")
    shell("declare", "Checkout returns 503", "-s", "P1")
    assert shell("ack", "INC-1").out == "INC-1 acknowledged by grace\n"


def test_the_store_is_the_verbs_else_the_one_before_it_else_the_environments(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("declare", "In the first room", "-s", "P1")
    other = str(tmp_path / "other.db")
    assert shell("init", "--store", other, named=False).code == 0
    first = str(shell.store)
    for words in (("list", "--store", other), ("--store", first, "list", "--store", other)):
        assert shell(*words, "--json", named=False).json == []
    monkeypatch.setenv("WARROOM_STORE", first)
    assert len(shell("list", "--json", named=False).json) == 1
    assert shell("--store", other, "list", "--json", named=False).json == []


@pytest.mark.parametrize("words", [("--json", "list"), ("list", "--json"), ("--json", "list", "--json")])
def test_json_is_asked_for_on_either_side(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell(*words).json == []


@pytest.mark.parametrize("text", ["--json", "--store /tmp/x", "--as lin", "-s P0", "--", "-"])
def test_free_text_is_never_stripped_of_what_looks_like_options(shell: Shell, text: str) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    assert shell("note", "INC-1", "--", text).out == "noted on INC-1\n"
    assert shell("note", "--json", "INC-1", "--", text).json["answer"] == "noted on INC-1"
    assert shell("severity", "INC-1", "P0", "--why", text).code == 0
    timeline = shell.done("show", "INC-1")["timeline"]
    assert [line["text"] for line in timeline if line["kind"] == "note"] == [text, text]
    assert next(line["text"] for line in timeline if line["kind"] == "severity") == (
        f"severity P1 → P0: {text}"
    )


def test_the_default_room_is_made_with_the_guide_in_it(shell: Shell, tmp_path: Path) -> None:
    said = shell("declare", "Checkout returns 503", "-s", "P1", named=False)
    made = tmp_path / "home" / "warroom" / "warroom.db"
    assert said.out == "INC-1 declared as P1 high\n"
    assert said.err == f"warroom: made a new room at {made}\n"
    assert oct(made.stat().st_mode & 0o777) == "0o600"
    assert oct(made.parent.stat().st_mode & 0o777) == "0o700"
    assert sorted(path.name for path in made.parent.iterdir() if path.stat().st_size) == ["warroom.db"]
    again = shell("list", "--json", named=False)
    assert again.err == ""
    assert again.json[0]["steps"]["total"] == 19


def test_scripts_hear_nothing_of_a_room_made_for_them(shell: Shell) -> None:
    said = shell("list", "--json", named=False)
    assert (said.code, said.out, said.err) == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        # the person is told what stands in the way
        ("refused", 1, ("ack", "INC-1")),
        ("refused", 1, ("severity", "INC-1", "P1")),
        ("refused", 1, ("status", "INC-1", "resolved")),
        ("reason", 1, ("status", "INC-1", "detected")),
        ("refused", 1, ("note", "INC-1", " ")),
        ("refused", 1, ("declare", " ", "-s", "P1")),
        ("refused", 1, ("merge", "INC-1", "--into", "INC-1")),
        ("refused", 1, ("update", "INC-1", "", "--yes")),
        ("refused", 1, ("declare", "x", "-s", "P1", "--detected-at", "2999-01-01T00:00:00Z")),
        ("refused", 1, ("maintenance", "checkout", "300d")),
        ("refused", 1, ("undo", "INC-1", "--as", "sam")),
        ("configuration", 1, ("apply", "/nowhere/room.toml")),
        # what was typed cannot be meant
        ("usage", 2, ("lst",)),
        ("usage", 2, ("ack",)),
        ("usage", 2, ("ack", "--loudly", "INC-1")),
        ("usage", 2, ("note", "INC-1", "two", "words")),
        ("usage", 2, ("declare", "x")),
        ("usage", 2, ("declare", "x", "-s", "P7")),
        ("usage", 2, ("declare", "x", "-s", "P1", "--detected-at", "yesterday")),
        ("usage", 2, ("severity", "INC-1", "bad")),
        ("usage", 2, ("status", "INC-1", "fixed")),
        ("usage", 2, ("resolve", "INC-1")),
        ("usage", 2, ("resolve", "INC-1", "--how", "prayer")),
        ("usage", 2, ("resolve", "INC-1", "--how", "duplicate")),
        ("usage", 2, ("resolve", "INC-1", "--how", "fixed", "--of", "INC-2")),
        ("usage", 2, ("update", "INC-1", "text")),
        ("usage", 2, ("tick", "INC-1")),
        ("usage", 2, ("tick", "INC-1", "ir1", "--skip", "--start")),
        ("usage", 2, ("dismiss", "PR-1")),
        ("usage", 2, ("maintenance", "checkout", "soon")),
        ("usage", 2, ("list", "--at", "once")),
        ("usage", 2, ("list", "--as", "check:disk")),
        ("usage", 2, ("list", "--as", " ")),
        ("usage", 2, ("list", "--store", "")),
        ("usage", 2, ("ack", "INC-1", "--command-id", "")),
        ("usage", 2, ("ack", "INC-1", "--command-id", "a\nb")),
        # the store is not one
        ("store", 3, ("list", "--store", "/nowhere/room.db")),
        # what was named is not there
        ("not-found", 4, ("ack", "INC-99")),
        ("not-found", 4, ("ack", "nonsense")),
        ("not-found", 4, ("show", "INC-99")),
        ("not-found", 4, ("show", "PR-99")),
        ("not-found", 4, ("explain", "INC-99")),
        ("not-found", 4, ("confirm", "PR-99")),
        ("not-found", 4, ("confirm", "INC-1")),
        ("not-found", 4, ("dismiss", "PR-99", "--why", "x")),
        ("not-found", 4, ("tick", "INC-1", "zz9")),
        ("not-found", 4, ("step", "INC-1", "zz9", "--owner", "lin")),
        ("refused", 1, ("step", "INC-1", "ir10", "--owner", "lin", "--due", "none")),  # both or none
        ("refused", 1, ("step", "INC-1", " ", "--new")),
        ("usage", 2, ("step", "INC-1", "ir10")),
        ("usage", 2, ("step", "INC-1", "ir10", "--due", "soon")),
        ("usage", 2, ("step", "INC-1", "ir10", "--due", "2020-01-01T00:00:00Z")),
        ("not-found", 4, ("merge", "INC-1", "--into", "INC-99")),
        ("not-found", 4, ("resolve", "INC-1", "--how", "duplicate", "--of", "INC-99")),
        ("not-found", 4, ("declare", "x", "-s", "P1", "--service", "teapot")),
        ("not-found", 4, ("declare", "x", "-s", "P1", "--runbook", "teapot")),
        ("not-found", 4, ("update", "INC-1", "x", "--audience", "martians", "--yes")),
        ("not-found", 4, ("maintenance", "teapot", "30m")),
        ("not-found", 4, ("check", "teapot")),
    ],
)
def test_a_failure_says_why_and_exits_with_its_code(
    shell: Shell, code: str, status: int, words: tuple[str, ...]
) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    shell("ack", "INC-1", "--as", "lin")
    before = shell.events()
    person = shell(*words)
    script = shell("--json", *words)
    assert (person.code, person.out) == (status, "")
    assert "Traceback" not in person.err
    assert (script.code, script.out) == (status, "")
    error = json.loads(script.err)["error"]
    assert list(error) == ["code", "reason", "hint"]
    assert error["code"] == code
    assert error["reason"].splitlines()[0] in person.err
    assert shell.events() == before


def test_acknowledging_twice_names_who_was_first(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    shell("ack", "INC-1", "--as", "lin")
    said = shell("ack", "INC-1")
    assert said.code == 1
    assert said.err.startswith("warroom: INC-1 was already acknowledged 0 s ago by lin")


def test_going_back_without_a_reason_names_the_option(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P1")
    shell("status", "INC-1", "fixing")
    refused = shell("status", "INC-1", "investigating", "--json").error
    assert (refused["code"], refused["hint"]) == ("reason", "say why: --why TEXT")
    assert shell("status", "INC-1", "investigating", "--why", "it came back").code == 0


def test_closing_what_needs_a_post_mortem_says_what_else_there_is(shell: Shell) -> None:
    shell("declare", "Checkout returns 503", "-s", "P0")
    shell("resolve", "INC-1", "--how", "fixed")
    refused = shell("status", "INC-1", "closed")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.splitlines() == [
        "warroom: a P0 needs its post-mortem before it is closed",
        "  or say why none is needed: --why TEXT",
    ]
    assert shell("status", "INC-1", "closed", "--why", "written in the wiki").code == 0


def test_resolving_what_still_fails_says_how(shell: Shell) -> None:
    key = shell.finds()
    shell("confirm", key)
    refused = shell("resolve", "INC-1", "--how", "fixed", "--json").error
    assert refused == {
        "code": "reason",
        "reason": "still failing: checkout-api",
        "hint": "give a reason to resolve all the same: --why TEXT",
    }


def test_the_catalogue_names_every_verb_and_no_other(shell: Shell) -> None:
    application(["--help"])
    assert set(VERBS) == {name for names in MODULES.values() for name in names}
    meaningless = {
        "demo": {"--store", "--json"},
        "watch": {"--as", "--json"},
        "move": {"--store"},
        "drill": {"--store"},
        "wall": {"--as", "--json"},
        "tmux": {"--json"},
        "keys": {"--store", "--as"},
        "completion": {"--store", "--as", "--json"},
    }
    for name in VERBS:
        said = shell(name, "--help")
        assert said.code == 0
        for option in ("--store", "--as", "--json", "--help"):
            offered = re.search(rf"^  (-h, )?{option}\b", said.out, re.MULTILINE)
            assert (offered is None) is (option in meaningless.get(name, ())), (name, option)


def test_an_option_that_means_nothing_to_a_verb_is_taken_all_the_same(shell: Shell) -> None:
    assert shell("keys", "--store", "/nowhere/room.db", "--as", "lin").code == 0


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("apply", "A warroom.toml, or the folder it lies in."),
        ("declare", "Left out, it asks the guide's questions."),
        ("demo", "nothing of it stays when you leave"),
        ("escalate", "an acknowledgement stays"),
        ("update", "Each audience gets TEXT in its own template"),
        ("watch", "Runs the health checks"),
        ("tick", "warroom tick INC-42 ir1 ir2"),
        ("status", "closed"),
    ],
)
def test_help_says_what_a_verb_does_and_does_not(shell: Shell, verb: str, said: str) -> None:
    assert said in " ".join(shell(verb, "--help").out.split())


def test_each_verb_has_a_line_of_its_own_in_the_list(shell: Shell) -> None:
    assert "..." not in shell("--help").out.partition("Commands:")[2]


def test_every_verb_that_writes_takes_a_command_id(shell: Shell) -> None:
    writing = {
        *("declare", "confirm", "dismiss", "ack", "note", "severity", "status", "tick", "step", "undo"),
        *("update", "audience", "escalate", "resolve", "merge", "maintenance", "apply", "link"),
        *("handover", "import-runbook", "silence", "postmortem", "action"),
    }
    takes = {name for name in VERBS if "--command-id" in shell(name, "--help").out}
    assert takes == writing


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_lists_the_verbs_in_their_order(shell: Shell, word: str) -> None:
    listed = shell(word).out.partition("Commands:\n")[2]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    assert names == [name for verbs in MODULES.values() for name in verbs]
    assert shell(word, "list").out.partition("Commands:\n")[2] == listed


def test_the_keys_come_from_the_table_the_console_uses(shell: Shell) -> None:
    from console.actions import table

    assert [tuple(row.values()) for row in shell.done("keys")] == table()
    assert " ".join(shell("keys").out.splitlines()[0].split()) == "KEY WHERE WHAT IT DOES ID"
    assert [line.split()[-1] for line in shell("keys").out.splitlines()[1:]] == [row[3] for row in table()]


def test_the_id_a_key_map_names_is_one_the_keys_print(shell: Shell, tmp_path: Path) -> None:
    from console.cli.failures import Failure
    from console.settings import load_keymap

    settings = tmp_path / "console.toml"
    ids = [row["id"] for row in shell.done("keys")]
    settings.write_text("[keys]\n" + "".join(f'"{name}" = "f{n}"\n' for n, name in enumerate(ids[:24], 1)))
    assert list(load_keymap(settings)) == ids[:24]
    settings.write_text('[keys]\n"coffee" = "A"\n')
    with pytest.raises(Failure) as refused:
        load_keymap(settings)
    assert "warroom keys" in refused.value.hint
