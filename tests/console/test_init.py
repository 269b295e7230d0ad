"""A new room at a terminal: five questions, a commented file, and nothing half-done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console.cli import asking, wizard
from data.store.commands import rooms
from tests.console.cli_room import Said, Shell, new_shell
from tests.console.servers import closed_port


class Healthy(BaseHTTPRequestHandler):
    """Answers everything with 204."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def healthy() -> Iterator[str]:
    """Run a service that is well; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/healthz"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return new_shell(tmp_path, monkeypatch, empty=True)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine stands in Berlin."""
    monkeypatch.setattr(wizard, "local_zone", lambda: "Europe/Berlin")


def answers(shell: Shell, *lines: str) -> Said:
    return shell("init", typed="".join(f"{line}\n" for line in lines), terminal=True)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "room.db-journal")


@pytest.mark.parametrize(
    ("url", "room", "name"),
    [
        ("https://checkout.acme.example/healthz", "acme", "checkout"),
        ("https://www.acme.example", "war", "acme"),
        ("tcp://db-7:5432", "acme", "db-7"),
        ("http://127.0.0.1:8099/healthz", "Our shop", "our-shop"),
        ("http://localhost:8099", "shop", "shop"),
        ("http://[::1]:8099/", "shop", "shop"),
        ("tcp://10.0.0.7:5432", "warroom", "service"),
        ("https://10.0.0.7", "東京", "service"),
    ],
)
def test_what_is_watched_is_proposed_a_name_and_never_a_number(url: str, room: str, name: str) -> None:
    assert wizard._service_of(url, room) == name


def test_five_questions_make_a_room_that_knows_its_first_check_and_whom_to_tell(shell: Shell) -> None:
    with healthy() as url:
        said = answers(shell, "acme", "", url, "checkout", "Ada Lovelace", "+44 20 7946 0000", "", "p0", "y")
    assert said.code == 0, said.err
    assert "pass: HTTP 204" in said.err
    file = shell.store.with_name("warroom.toml")
    assert str(file) in said.out
    text = file.read_text()
    assert text.startswith("# This room, as it begins.")
    for line in (
        'name = "acme"',
        'timezone = "Europe/Berlin"',
        f'url = "{url}"',
        'severity = "P0"',
        "opens = true",
    ):
        assert line in text
    assert file.stat().st_mode & 0o777 == 0o600
    told = shell.done("export")["toml"]
    assert "Ada Lovelace" in told
    assert "+44 20 7946 0000" in told
    assert shell.done("apply", str(file))["changes"] == [], "the file and the room say the same"
    incident = shell.done("declare", "Checkout down", "-s", "P0", "--service", "checkout")["id"]
    assert "Ada Lovelace" in shell("show", incident).out


def test_enter_five_times_is_a_room_too(shell: Shell) -> None:
    said = answers(shell, *[""] * 6)
    assert said.code == 0, said.err
    assert shell.done("apply", str(shell.store.with_name("warroom.toml")))["changes"] == []
    assert 'id = "ada"' in shell.done("export")["toml"]
    assert shell.done("list") == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["acme", "Mars/Olympus", "UTC"], '"Mars/Olympus" is not a time zone'),
        (["acme", "", "ftp://x", ""], "ftp"),
        (["acme", "", "https://ada:secret@x.example/", ""], "holds a user or password in clear"),
        (["acme", "", "", "ada", "", "nonsense", ""], "Apprise does not know such an address"),
    ],
)
def test_a_bad_answer_is_told_in_a_sentence_and_asked_again(
    shell: Shell, lines: list[str], says: str
) -> None:
    said = answers(shell, *lines, *[""] * 6)
    assert said.code == 0, said.err
    assert says in said.err


def test_a_typing_mistake_in_an_address_shows_at_once(shell: Shell) -> None:
    with closed_port() as port, healthy() as url:
        said = answers(shell, "", "", f"http://127.0.0.1:{port}/", "n", url, "", "", "", "", "P7", "P2", "")
    assert said.code == 0, said.err
    assert "fail: connection refused" in said.err
    assert "another address, then" in said.err
    assert "P0, P1, P2 or P3, please" in said.err
    toml = shell.done("export")["toml"]
    assert url in toml
    assert f":{port}/" not in toml


def test_an_address_with_a_secret_in_it_stays_out_of_file_and_store(shell: Shell) -> None:
    said = answers(shell, "", "", "", "Ada L.", "", "ntfys://user:hunter2-canary@ntfy.example/ada", "")
    assert said.code == 0, said.err
    secret = shell.store.with_name("ada-l.notify")
    assert secret.read_text() == "ntfys://user:hunter2-canary@ntfy.example/ada\n"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert f'notify = ["file:{secret}"]' in shell.store.with_name("warroom.toml").read_text()
    assert "hunter2-canary" not in said.out + said.err + shell.done("export")["toml"]
    assert b"hunter2-canary" not in shell.store.read_bytes()


@pytest.mark.parametrize("there", ["room.db", "warroom.toml"])
def test_what_is_there_is_never_overwritten(shell: Shell, there: str) -> None:
    (shell.store.parent / there).write_text("mine")
    said = answers(shell, *[""] * 6)
    assert said.code == 1
    assert "there already is" in said.err
    assert "1 of 5" not in said.err, "asked before it looked"
    assert left(shell.store.parent) == [there]
    assert (shell.store.parent / there).read_text() == "mine"


def test_the_end_of_the_input_leaves_nothing(shell: Shell) -> None:
    said = answers(shell, "acme", "")
    assert said.code == 1
    assert "nothing was done" in said.err
    assert left(shell.store.parent) == []


def test_giving_up_with_ctrl_c_leaves_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(question: str, default: str = "") -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(wizard, "ask", leave)
    assert answers(shell).code == 130
    assert asking.ask is not leave
    assert left(shell.store.parent) == []


def test_a_failure_at_the_last_moment_takes_everything_back(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rooms, "apply", full)
    said = answers(shell, "", "", "", "", "", "ntfy://ada-canary", "")
    assert said.code == 130
    assert list(shell.store.parent.iterdir()) == []


def test_another_place_for_the_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "etc" / "room.toml"
    said = shell("init", "--config", str(file), typed="\n" * 6, terminal=True)
    assert said.code == 0, said.err
    assert file.exists()
    assert "warroom.toml" not in left(tmp_path)


@pytest.mark.parametrize(("words", "terminal"), [(("--yes",), True), ((), False), (("--json",), True)])
def test_a_script_is_asked_nothing(shell: Shell, words: tuple[str, ...], terminal: bool) -> None:
    said = shell("init", *words, terminal=terminal)
    assert said.code == 0
    assert "1 of 5" not in said.err
    assert left(shell.store.parent) == ["room.db"]
