"""Secrets planted in every place that may hold one are in no output, no log, no store and no copy."""

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from console.cli.catalogue import MODULES
from console.cli.failures import INTERNAL
from tests.console.cli_room import Shell, new_shell, process
from tests.console.servers import closed_port

MARK = "zq-canary"
TABLES = """
[room]
name = "acme"
heartbeat = "env:HEARTBEAT"
canaries = ["env:CANARY"]
[[service]]
id = "checkout"
[[check]]
id = "checkout-api"
service = "checkout"
url = "env:CHECK"
every = "1s"
timeout = "2s"
severity = "P1"
opens = true
headers = {{ Authorization = "env:AUTHORIZATION", X-Api-Key = "file:{key}" }}
[[source]]
id = "bearer"
kind = "alertmanager"
url = "env:SOURCE"
bearer = "env:BEARER"
every = "2s"
[[source]]
id = "basic"
kind = "alertmanager"
url = "http://127.0.0.1:{port}/"
basic = "env:BASIC"
every = "2s"
[[contact]]
id = "ada"
name = "Ada Lovelace"
notify = ["env:NTFY", "file:{notify}"]
[[level]]
id = "on-call"
calendar = "env:CALENDAR"
contacts = ["ada"]
[[channel]]
id = "mail"
url = "env:MAIL"
[[channel]]
id = "page"
kind = "statuspage"
page = "p1"
token = "env:TOKEN"
url = "http://127.0.0.1:{port}/pages"
[[audience]]
id = "engineering"
channels = ["mail"]
severities = ["P0", "P1", "P2", "P3"]
[[audience]]
id = "customers"
channels = ["page"]
"""

FAILING = {"check", "doctor", "confirm", "dismiss", "escalate", "merge", "silence", "import-history"}
"""What has reason to fail here: nobody answers, and there is nothing more to do it to."""

pytestmark = pytest.mark.slow


def secrets(port: int) -> dict[str, str]:
    """Return what the environment holds; nobody answers at any of these addresses."""
    where = f"127.0.0.1:{port}"
    return {
        "HEARTBEAT": f"http://u:{MARK}-heartbeat@{where}/{MARK}-ping",
        "CANARY": f"http://u:{MARK}-outside@{where}/",
        "CHECK": f"http://u:{MARK}-check@{where}/healthz?token={MARK}-query",
        "AUTHORIZATION": f"Bearer {MARK}-header",
        "SOURCE": f"http://u:{MARK}-source@{where}/",
        "BEARER": f"{MARK}-bearer",
        "BASIC": f"ada:{MARK}-basic",
        "NTFY": f"ntfy://u:{MARK}-ntfy@{where}/{MARK}-topic",
        "CALENDAR": f"http://u:{MARK}-calendar@{where}/{MARK}-feed.ics",
        "MAIL": f"json://u:{MARK}-mail@{where}/{MARK}-path",
        "TOKEN": f"{MARK}-token",
    }


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A room whose every secret is a canary, and which has an incident."""
    with closed_port() as port:
        for name, value in secrets(port).items():
            monkeypatch.setenv(name, value)
        vault = tmp_path / "vault"
        vault.mkdir()
        (vault / "key").write_text(f"{MARK}-key\n")
        (vault / "notify").write_text(f"json://u:{MARK}-file@127.0.0.1:{port}/\n")
        file = tmp_path / "room.toml"
        file.write_text(TABLES.format(port=port, key=vault / "key", notify=vault / "notify"))
        shell = new_shell(tmp_path, monkeypatch, empty=True)
        shell.done("init")
        shell.done("apply", str(file))
        shell.done("declare", "Checkout down", "-s", "P1", "--service", "checkout")
        shell.finds()
        yield shell


def leaks(text: bytes | str) -> list[str]:
    """Return the lines that hold a secret, plain or as HTTP writes a name and a password."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    hidden = [base64.b64encode(f"{user}:{MARK}".encode())[:-4] for user in ("u", "ada")]
    lines = data.split(b"\n")
    return [
        repr(line[:300]) for line in lines if MARK.encode() in line or any(word in line for word in hidden)
    ]


def test_a_leak_would_be_found() -> None:
    encoded = base64.b64encode(f"u:{MARK}-check".encode()).decode()
    assert len(leaks(f"url=http://u:{MARK}-check@x\nfine\nAuthorization: Basic {encoded}")) == 2


def kept(folder: Path) -> dict[str, list[str]]:
    """Return what of a secret lies in any file but those it was planted in."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "vault"]
    assert files
    return {str(path): found for path in files if (found := leaks(path.read_bytes()))}


def days(folder: Path) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return how each verb is used in a day."""
    history = folder / "history.csv"
    history.write_text("id,title\n")
    book = folder / "book.md"
    book.write_text("# Disk full\n\n1. Look at `df`\n")
    return {
        "init": (("init",), ("init", "--yes")),
        "declare": (("declare", "Another", "-s", "P2"),),
        "confirm": (("confirm", "PR-1"), ("confirm", "PR-9")),
        "dismiss": (("dismiss", "PR-9", "--why", "x"),),
        "list": (("list",), ("list", "--all")),
        "show": (("show", "INC-1"),),
        "explain": (("explain", "INC-1"),),
        "ack": (("ack", "INC-2"),),
        "note": (("note", "INC-1", "looking"),),
        "severity": (("severity", "INC-1", "P0"),),
        "status": (("status", "INC-1", "investigating"),),
        "tick": (("tick", "INC-1", "ir1"),),
        "step": (("step", "INC-1", "ir2", "--owner", "ada"), ("step", "INC-1", "Call them", "--new")),
        "link": (("link", "INC-1", "https://tracker.example/1"),),
        "undo": (("undo", "INC-1"),),
        "update": (
            ("update", "INC-1", "We look at it", "--yes"),
            ("update", "INC-1", "We look", "--dry-run"),
        ),
        "audience": (("audience", "INC-1", "customers", "on"),),
        "escalate": (("escalate", "INC-1"),),
        "alerts": (("alerts",),),
        "silence": (("silence", "checkout", "--why", "x", "--yes"),),
        "handover": (("handover",),),
        "resolve": (("resolve", "INC-2", "--how", "fixed", "--why", "x"),),
        "merge": (("merge", "INC-2", "--into", "INC-1"),),
        "postmortem": (("postmortem", "INC-1"), ("postmortem", "INC-1", "--format", "html")),
        "actions": (("actions",),),
        "action": (("action", "INC-1", "Alarm on it"),),
        "maintenance": (("maintenance", "checkout", "30m"),),
        "apply": (("apply", "--dry-run", str(folder / "room.toml")), ("apply", str(folder / "room.toml"))),
        "export": (("export",), ("export", "--to", str(folder / "exported"))),
        "import-runbook": (("import-runbook", str(book)),),
        "backup": (("backup", str(folder / "copy.db")), ("backup",)),
        "restore": (("restore", str(folder / "copy.db")),),
        "dump": (("dump", str(folder / "room.jsonl")), ("dump",)),
        "load": (("load", str(folder / "room.jsonl")),),
        "move": (("move", str(folder / "room.db"), str(folder / "moved.db")),),
        "check": (("check",), ("check", "checkout-api")),
        "report": (("report",), ("report", "--by", "service")),
        "import-history": (("import-history", str(history)),),
        "doctor": (("doctor",), ("doctor", "--send-test", "--yes")),
        "keys": (("keys",),),
        "completion": (("completion", "bash"),),
        # these want a terminal or a long time: they say so here
        "demo": (("demo",),),
        "wall": (("wall",),),
        "tmux": (("tmux", "--print"),),
        "drill": (("drill", "--list"),),
        "watch": (),  # of its own below
    }


def test_no_verb_prints_or_keeps_a_secret(room: Shell, tmp_path: Path) -> None:
    uses = days(tmp_path)
    missing = {verb for verbs in MODULES.values() for verb in verbs} - uses.keys()
    assert not missing, f"say how these are used: {missing}"
    refused = set()
    for verb, runs in uses.items():
        for words in runs:
            for more in ((), ("--json",)):
                said = room(*words, *more)
                if said.code and not more:
                    refused.add(verb)
                assert not leaks(said.out + said.err), (verb, *words, *more)
    assert refused <= {"init", "load", "demo", "wall", *FAILING}, "the others do what they are for"
    assert kept(tmp_path) == {}


def test_what_works_without_a_screen_tells_no_secret(room: Shell, tmp_path: Path) -> None:
    environ = {**os.environ, "WARROOM_STORE": str(room.store)}
    for form in ("text", "json"):
        words = [str(Path(sys.executable).with_name("warroom")), "watch", "--log-format", form]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ) as watch:
            try:
                tried(room, watch)
            finally:
                watch.send_signal(signal.SIGTERM)
                said, _ = watch.communicate(timeout=60)
        assert said, "it told something"
        assert not leaks(said)
    assert kept(tmp_path) == {}
    shown = room("show", "INC-1", "--json")
    assert shown.json["deliveries"], "something was sent, or tried"
    assert not leaks(shown.out)


def tried(room: Shell, watch: "subprocess.Popen[bytes]") -> None:
    """Wait until the check has failed for good and a message could not be sent."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert watch.poll() is None
        shown = room.done("show", "INC-1")
        if any(item.get("attempts") or item["state"] != "waiting" for item in shown["deliveries"]):
            time.sleep(2.0)  # a few more rounds of everything else
            return
        time.sleep(0.3)
    raise AssertionError("nothing was ever sent")


@pytest.mark.parametrize(
    "words", [("list",), ("init",), ("doctor",), ("declare", "x", "-s", "P1"), ("dump",)]
)
def test_the_password_of_a_store_is_never_shown(words: tuple[str, ...], tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with closed_port() as port:
        url = f"postgresql://ada:{MARK}-store@127.0.0.1:{port}/acme"
        for more in ((), ("--json",)):
            said = process("--store", url, *words, *more, env=env)
            assert said.returncode == 3
            assert b"127.0.0.1" in said.stderr
            assert not leaks(said.stdout + said.stderr)
            by_name = process(*words, *more, env={**env, "WARROOM_STORE": url})
            assert not leaks(by_name.stdout + by_name.stderr)
    assert not any(leaks(path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())


def test_a_crash_keeps_its_variables_to_itself(
    room: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        secret = os.environ["BEARER"]
        raise RuntimeError(f"no idea what to do with {len(secret)} characters")

    monkeypatch.setattr("data.store.store.Store.read", broken)
    said = room("list")
    assert said.code == INTERNAL
    assert "something went wrong inside warroom (RuntimeError)" in said.err
    assert not leaks(said.out + said.err)
    (log,) = tmp_path.rglob("error-*.log")
    assert "RuntimeError" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert kept(tmp_path) == {}


def test_files_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    env = {name: str(tmp_path / name.lower()) for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME")}
    env |= {"XDG_CONFIG_HOME": str(tmp_path / "config"), "WARROOM_OPERATOR": "ada"}
    for words in (("init",), ("declare", "x", "-s", "P1"), ("backup",), ("list",)):
        said = process(*words, env=env, preexec_fn=lambda: os.umask(0))
        assert said.returncode == 0, said.stderr
    data = Path(env["XDG_DATA_HOME"]) / "warroom"
    found = [data, *data.rglob("*")]
    assert len([path for path in found if path.is_file()]) >= 2, "a store and its copy"
    for path in found:
        assert path.stat().st_mode & 0o077 == 0, f"{path} is {path.stat().st_mode & 0o777:o}"
