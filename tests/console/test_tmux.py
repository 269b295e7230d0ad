"""The war room in a real tmux: its panes, its guests, and what is left when it ends."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.terminal import TMUX, WARROOM
from tests.console.tmux_room import Place, Seat, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
    pytest.mark.skipif(not WARROOM.exists(), reason="the command is not installed here"),
]
ROLES = ["board", "incident", "health", "shell"]
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs root to be another user")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A room with two incidents; the sockets lie where other users get to."""
    sockets = Path(tempfile.mkdtemp(prefix="wr-", dir="/tmp"))
    sockets.chmod(0o755)
    made = Place(tmp_path, sockets)
    made.done("init")
    made.done("declare", "Checkout returns 503", "-s", "P0")
    made.done("declare", "Search is slow", "-s", "P2")
    yield made
    made.close()
    shutil.rmtree(sockets, ignore_errors=True)


def opened(place: Place, *words: str, size: tuple[int, int] = (160, 45)) -> Seat:
    """Open the room and wait until somebody sits in it."""
    seat = place.sit("tmux", *words, size=size)
    until(lambda: bool(list(place.sockets.glob("*/room-*[!f]"))) and bool(_clients(place)))
    return seat


def _clients(place: Place) -> list[str]:
    try:
        return place.clients()
    except (AssertionError, ValueError):
        return []


def test_four_panes_show_one_room(place: Place) -> None:
    opened(place)
    assert list(place.panes()) == ROLES
    place.sees("board", "INC-1", "INC-2", "NEXT UPDATE")
    place.sees("incident", "Checklist", "Checkout returns 503")  # the most urgent one
    place.sees("health", "No checks yet")
    assert place.window() == (160, 44)
    for role in ("board", "incident", "health"):
        assert int(place.pane(role, "pane_width")) >= 60, role
        assert int(place.pane(role, "pane_height")) >= 10, role
    place.ask(
        "send-keys", "-t", place.panes()["shell"], "echo ${WARROOM_STORE##*/} $WARROOM_OPERATOR", "Enter"
    )
    place.sees("shell", "room.db ada")
    place.ask("send-keys", "-t", place.panes()["board"], "a")
    place.sees("incident", "acknowledged")  # what one pane does the others show


def test_a_second_call_comes_to_the_same_room_and_mends_what_has_ended(place: Place) -> None:
    opened(place)
    place.sees("board", "INC-1")
    before = place.panes()
    os.kill(int(place.pane("health", "pane_pid")), signal.SIGKILL)
    until(lambda: place.pane("health", "pane_dead") == "1")
    place.sees("health", "has ended")
    place.ask("kill-pane", "-t", before["incident"])
    place.sit("tmux", "INC-2")
    until(lambda: len(_clients(place)) == 2)
    after = place.panes()
    assert list(after) == ROLES
    assert [after[role] for role in ("board", "health", "shell")] == [
        before[role] for role in ("board", "health", "shell")
    ]
    place.sees("health", "No checks yet")
    place.sees("incident", "Search is slow")


@pytest.mark.parametrize(
    ("size", "shape"), [((160, 45), "grid"), ((123, 24), "grid"), ((120, 36), "stack"), ((80, 24), "one")]
)
def test_every_console_has_room_at_every_size(place: Place, size: tuple[int, int], shape: str) -> None:
    seat = opened(place, size=size)
    until(lambda: place.ask("show-options", "-wqv", "-t", "warroom", "@shape") == shape)
    place.sees("board", "INC-1")
    assert ("too small" in place.ask("capture-pane", "-p", "-t", place.panes()["board"])) is False
    if shape == "one":
        seat.type("\x022")
        place.sees("incident", "Checklist")
        seat.resize((160, 45))
        until(lambda: place.ask("show-options", "-wqv", "-t", "warroom", "@shape") == "grid")
        place.sees("health", "No checks yet")


def test_a_guest_cannot_type_and_a_small_one_does_not_shrink_the_window(place: Place) -> None:
    opened(place)
    place.sees("board", "INC-1")
    guest = place.sit("tmux", "--guest", size=(70, 12))
    until(lambda: len(_clients(place)) == 2)
    assert sum("read-only" in line and "ignore-size" in line for line in place.clients()) == 1
    until(lambda: "looks" in place.ask("show-options", "-gqv", "@who"))
    guest.type("a\x02z\x02:kill-server\r\x02Rn")
    guest.resize((40, 10))
    host_key = place.panes()["board"]
    place.ask("send-keys", "-t", host_key, "j")
    place.done("note", "INC-2", "after the guest has typed")
    place.sees("board", "after the guest")
    assert '"acknowledged_at": null' in place.done("show", "INC-1", "--json")
    assert place.window() == (160, 44)
    assert place.ask("display-message", "-p", "-t", "warroom", "#{window_zoomed_flag}") == "0"
    guest.type("\x02d")
    guest.ended()
    until(lambda: len(place.clients()) == 1)


def test_it_refuses_to_nest_and_says_what_to_do(place: Place) -> None:
    said = place.run("tmux", TMUX="/nowhere/tmux,1,0")
    assert said.returncode == 2
    assert "this is a tmux already" in said.stderr
    assert "C-b d" in said.stderr
    printed = place.run("tmux", "--print", TMUX="/nowhere/tmux,1,0")
    assert printed.returncode == 0


def test_what_is_printed_is_stable_and_holds_no_password(place: Place) -> None:
    url = "postgresql://ada:hunter222@db.example:5432/room"
    one, two = (place.run("tmux", "--print", WARROOM_STORE=url) for _ in range(2))
    assert one.stdout == two.stdout
    assert "hunter222" not in one.stdout + one.stderr
    assert "postgresql://ada:***@db.example:5432/room" in one.stdout
    for words in ("escape-time 0", "mouse off", "new-session", "split-window", "attach-session"):
        assert words in one.stdout
    assert not list(place.sockets.glob("*/*"))


def test_ending_it_leaves_no_process_and_the_store(place: Place) -> None:
    seat = opened(place)
    place.sees("board", "INC-1")
    pids = [int(place.pane(role, "pane_pid")) for role in ROLES]
    assert place.done("tmux", "--kill", "--yes") == "the war room has ended; what was written stays\n"
    seat.ended()
    assert not [
        pid
        for pid in pids
        if Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert not list(place.sockets.glob("*/room-*"))
    assert "INC-1" in place.done("list")
    again = place.run("tmux", "--kill", "--yes")
    assert (again.returncode, again.stderr) == (
        1,
        "warroom: no war room is open here\n  warroom tmux opens it\n",
    )


def test_without_a_shell_there_is_none(place: Place) -> None:
    opened(place, "--no-shell")
    assert list(place.panes()) == ROLES[:-1]
    place.sees("health", "No checks yet")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--guest", "--kill"), 2, "exclude each other"),
        (("--print", "nonsense"), 2, "is no incident"),
        (("--share", "no-such-user"), 4, "there is no user 'no-such-user'"),
        (("--unshare", "nobody"), 1, "no war room is open here"),
        ((), 2, "the war room needs a terminal"),
    ],
)
def test_what_cannot_be_done_is_told(place: Place, words: tuple[str, ...], code: int, says: str) -> None:
    said = place.run("tmux", *words)
    assert (said.returncode, said.stdout) == (code, "")
    assert says in said.stderr
    assert not list(place.sockets.glob("*/room-*"))


def test_an_incident_that_is_not_there_opens_nothing(place: Place) -> None:
    seat = place.sit("tmux", "INC-9")
    assert seat.ended() == 4
    assert not list(place.sockets.glob("*/room-*"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [("tmux 3.1c", "this tmux is 3.1: the war room needs 3.2 or newer"), ("", "tmux is not installed")],
)
def test_an_old_tmux_or_none_is_told(place: Place, tmp_path: Path, answer: str, says: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    if answer:
        (folder / "tmux").write_text(f"#!/bin/sh\necho {answer}\n")
        (folder / "tmux").chmod(0o755)
    said = place.run("tmux", "--print", PATH=str(folder))
    assert said.returncode == 1
    assert says in said.stderr


@AS_ROOT
def test_another_user_looks_for_as_long_as_they_may(place: Place) -> None:
    opened(place)
    place.sees("board", "INC-1")
    folder = place.socket.parent
    attach = [str(TMUX), "-S", str(place.socket), "attach", "-t", "warroom", "-f", "read-only,ignore-size"]
    assert (folder.stat().st_mode & 0o777, place.socket.stat().st_mode & 0o077) == (0o700, 0)
    assert place.at(attach, (70, 12), "nobody").ended() != 0

    told = place.done("tmux", "--share", "nobody")
    heading, typed = told.splitlines()
    assert heading == "nobody may look, and cannot type; attaches with"
    assert "nobody" in place.ask("show-options", "-gqv", "@shared")
    guest = place.at(["sh", "-c", typed], (70, 12), "nobody")  # what is printed, letter by letter
    until(lambda: any(line.startswith("nobody") for line in place.clients()))
    (flags,) = [line for line in place.clients() if line.startswith("nobody")]
    assert "read-only" in flags
    until(lambda: "ignore-size" in next(line for line in place.clients() if line.startswith("nobody")))
    guest.type("a\x02:kill-server\r")
    for words in (["send-keys", "-t", "warroom:0.0", "a"], ["show-environment", "-g"], ["kill-server"]):
        said = subprocess.run(
            [str(TMUX), "-S", str(place.socket), *words],
            user="nobody",
            group="nogroup",
            extra_groups=(),
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"]},
            cwd="/",
        )
        assert (said.returncode != 0, said.stdout) == (True, ""), words
    assert place.window() == (160, 44)
    assert '"acknowledged_at": null' in place.done("show", "INC-1", "--json")

    assert place.done("tmux", "--unshare", "nobody") == "nobody looks no longer\n"
    guest.ended()
    assert len(place.clients()) == 1
    assert (folder.stat().st_mode & 0o777, place.socket.stat().st_mode & 0o077) == (0o700, 0)
    assert place.at(attach, (70, 12), "nobody").ended() != 0
    assert place.ask("show-options", "-gqv", "@shared") == ""


@AS_ROOT
def test_a_guest_who_cannot_get_to_the_room_is_told_of_before_it_is_opened(place: Place) -> None:
    place.sockets.chmod(0o700)
    said = place.run("tmux", "--share", "nobody")
    assert (said.returncode, said.stdout) == (1, "")
    assert f"nobody cannot get to the room's socket: {place.sockets} is closed to them" in said.stderr
    assert "TMUX_TMPDIR" in said.stderr
    assert not list(place.sockets.glob("*/room-*"))
