"""Commands as they really behave: floods, silence, refusal to end, daemons, and shells that are killed."""

import asyncio
import os
import signal
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.running.output import HIDDEN, KEPT, Output, readable, secrets_in
from console.running.process import Process, alive, shell
from data.domain.running import Ended, How, outcome
from tests.hostile import TEXTS, forbidden_in

ENVIRON = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}


async def ran(
    command: str, *, stop: str = "", patience: float = 0.5, environ: Mapping[str, str] = ENVIRON
) -> tuple[Ended, Output]:
    """Run a command to its end; ``stop`` is what it has written when somebody presses the key."""
    output = Output()
    process = Process(command, environ, output, patience=patience)
    async with asyncio.timeout(30):
        task = asyncio.create_task(process.run())
        if stop:
            for _ in range(2_000):
                if stop in output.text():
                    break
                await asyncio.sleep(0.01)
            process.stop()
        return await task, output


def said(ended: Ended) -> str:
    return outcome({name: getattr(ended, name) for name in ("how", "code", "signal", "why", "holds")})


@pytest.mark.parametrize(
    ("command", "text", "words"),
    [
        ("echo out; echo err >&2", "out\nerr\n", "exit 0"),
        ("exit 7", "", "exit 7"),
        ("kill -9 $$", "", "ended by SIGKILL"),
        ("kill 0", "", "ended by SIGTERM"),
        ("nosuchcommand-here", "not found", "exit 127"),
        ("cat; echo nothing to read", "nothing to read\n", "exit 0"),
        ("read answer && echo never", "", "exit 1"),
        ("printf 'a\\033[31mred\\033[0m\\r\\n10%%\\r50%%\\r100%%\\nend'", "ared\n100%\nend", "exit 0"),
    ],
)
async def test_how_commands_end_by_themselves(command: str, text: str, words: str) -> None:
    ended, output = await ran(command)
    assert said(ended) == words
    assert text in output.text()


async def test_nobody_asks_for_a_password_behind_the_screen() -> None:
    ended, output = await ran("cat </dev/tty && echo a terminal")
    assert ended.code != 0
    assert "a terminal" not in output.text()


async def test_a_shell_that_is_none_is_told() -> None:
    output = Output()
    ended = await Process("echo x", {"SHELL": "/bin/sh", "A": "x" * 3_000_000}, output).run()
    assert said(ended).startswith("could not be started: ")


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, "/bin/sh"),
        ({"SHELL": "/bin/bash"}, "/bin/bash"),
        ({"SHELL": "/usr/sbin/nologin"}, "/bin/sh"),
        ({"SHELL": "/nowhere/zsh"}, "/bin/sh"),
        ({"SHELL": "bash"}, "/bin/sh"),
    ],
)
def test_the_users_shell_where_there_is_one(environ: dict[str, str], found: str) -> None:
    assert shell(environ) == found


async def test_the_stop_key_ends_everything_it_started() -> None:
    ended, output = await ran("sleep 100 & sleep 101 | cat & echo pid $$; wait", stop="pid")
    assert said(ended) == "stopped"
    assert not alive(int(output.text().split()[1]))


@pytest.mark.slow
async def test_what_ignores_the_question_is_ended_by_force() -> None:
    ended, output = await ran("trap '' TERM; echo pid $$; while :; do sleep 0.1; done", stop="pid")
    assert said(ended) == "killed: it did not stop when asked"
    assert not alive(int(output.text().split()[1]))


@pytest.mark.slow
async def test_a_child_that_ignores_the_question_and_outlives_its_shell() -> None:
    deaf = "trap '' TERM; echo deaf; exec >/dev/null 2>&1; while :; do sleep 0.1; done"
    ended, output = await ran(f'sh -c "{deaf}" & echo $$; wait', stop="deaf")
    assert ended.how is How.KILLED
    assert not alive(next(int(word) for word in output.text().split() if word.isdigit()))


@pytest.mark.slow
async def test_a_daemon_that_holds_the_pipe_holds_nobody_up() -> None:
    ended, output = await ran("sleep 60 & echo pid $!")
    os.kill(int(output.text().split()[1]), signal.SIGKILL)
    assert said(ended) == "exit 0; something it started goes on"


@pytest.mark.slow
async def test_a_flood_is_capped_and_the_loop_goes_on() -> None:
    output = Output()
    process = Process("yes warroom", ENVIRON, output, patience=2)
    task = asyncio.create_task(process.run())
    turns = 0
    while output.total < 3_000_000:
        await asyncio.sleep(0.005)
        turns += 1
        assert len(output.text()) < 2 * KEPT
    process.stop()
    ended = await task
    assert ended.how is How.STOPPED
    assert turns > 10  # whoever waits for a key has had a turn again and again
    assert f"… {output.left_out} bytes left out …" in output.text()


@given(st.lists(st.binary(max_size=60_000), max_size=6))
def test_the_beginning_and_the_end_are_kept_and_the_rest_is_counted(parts: list[bytes]) -> None:
    output = Output()
    for part in parts:
        output.feed(part)
    output.close()
    whole = b"".join(parts)
    assert output.total == len(whole)
    assert output.left_out == max(0, len(whole) - KEPT)
    if len(whole) <= KEPT:
        assert output.text() == readable(whole)


@given(st.lists(st.sampled_from(["s3cret", "s3c", "ret", "x", "s", "\n", "s3crets3cret"]), max_size=12))
def test_no_secret_is_kept_however_it_is_cut(parts: list[str]) -> None:
    output = Output(["s3cret"])
    for part in parts:
        output.feed(part.encode())
    output.close()
    assert output.text() == "".join(parts).replace("s3cret", HIDDEN)


def test_which_values_of_an_environment_are_nobodys_to_read() -> None:
    environ = {
        "DB_PASSWORD": "hunter22",
        "API_TOKEN": "abc",  # too short to be told from words
        "SECRETS_FILE": "/run/secrets/x",
        "WARROOM_STORE": "postgresql://warroom:pa55word@db.example/room",
        "HOME": "/home/ada",
    }
    assert secrets_in(environ) == {"hunter22", "pa55word"}


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_written_is_drawn_harmless(text: str) -> None:
    output = Output()
    output.feed(text.encode("utf-8", "surrogatepass"))
    output.close()
    assert not [mark for mark in forbidden_in(output.text()) if mark != "U+000A"]
