"""An address that Apprise does not know is refused when it is applied, by who it belongs to."""

from pathlib import Path

import pytest

from tests.console.cli_room import ROOM, Shell, new_shell

CANARY = "s3cretcanary77"
MAIL = '\n[[channel]]\nid = "exec-mail"\nurl = "env:EXEC_MAIL"\n'


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.delenv("EXEC_MAIL", raising=False)
    return new_shell(tmp_path, monkeypatch)


def applied(shell: Shell, folder: Path, text: str) -> tuple[int, str]:
    path = folder / "warroom.toml"
    path.write_text(ROOM + text)
    said = shell("apply", str(path))
    return said.code, said.out + said.err


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ('[[channel]]\nid = "team"\nurl = "slak://127.0.0.1/"', "channel.team.url"),
        (
            '[[contact]]\nid = "eve"\nnotify = ["json://127.0.0.1/", "slak://localhost/"]',
            "contact.eve.notify.#2",
        ),
    ],
)
def test_in_clear(shell: Shell, tmp_path: Path, text: str, blamed: str) -> None:
    code, said = applied(shell, tmp_path, f"\n{text}\n")
    assert code == 1
    line = ROOM.count("\n") + 2
    assert f"warroom.toml:{line}: {blamed}: Apprise does not know this address" in said
    assert "nothing was changed" in said


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"slak://{CANARY}", 1),
        (f"https://hooks.example/{CANARY}", 1),
        (f"mailto://user:{CANARY}@example.org", 0),
        (f"json://example.org/{CANARY}, ntfy://{CANARY}", 0),
        (f"json://example.org, slak://{CANARY}", 1),
    ],
)
def test_a_secret_this_host_has(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, code: int
) -> None:
    monkeypatch.setenv("EXEC_MAIL", value)
    found, said = applied(shell, tmp_path, MAIL)
    assert found == code
    assert ("channel.exec-mail.url" in said) == (code == 1)
    assert CANARY not in said


def test_a_secret_another_host_has_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    code, said = applied(shell, tmp_path, MAIL)
    assert (code, "+ channel exec-mail" in said) == (0, True)


def test_a_status_page_is_none_of_apprises(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGE_TOKEN", CANARY)
    page = '\n[[channel]]\nid = "page"\nkind = "statuspage"\npage = "p1"\ntoken = "env:PAGE_TOKEN"\n'
    assert applied(shell, tmp_path, page)[0] == 0


def test_a_dry_run_refuses_it_too(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEC_MAIL", "slak://a/b")
    (tmp_path / "warroom.toml").write_text(ROOM + MAIL)
    assert shell("apply", str(tmp_path), "--dry-run").code == 1


def test_nothing_of_it_reaches_the_room(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEC_MAIL", "slak://a/b")
    applied(shell, tmp_path, MAIL)
    monkeypatch.setenv("EXEC_MAIL", f"json://{CANARY}/")
    assert applied(shell, tmp_path, MAIL)[0] == 0
    assert CANARY.encode() not in shell.store.read_bytes()
