"""Updates from the shell: shown, asked about, rehearsed word for word, sent once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.domain.delivery import Delivery
from data.domain.instants import format_instant
from data.store.queries.outbox import deliveries_of
from data.store.store import open_store
from tests.console.cli_room import ROOM, Shell, new_shell

CONNECTED = (
    ROOM
    + """
[[channel]]
id = "chat"
url = "env:CHAT_URL"
[[channel]]
id = "page"
kind = "statuspage"
page = "abc123"
token = "env:PAGE_TOKEN"
url = "env:PAGE_ADDRESS"
[[audience]]
id = "engineering"
channels = ["chat"]
[[audience]]
id = "executives"
template = "{{ title }}: {{ impact or what_we_know }}"
[[audience]]
id = "customers"
channels = ["page"]
"""
)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in a room whose audiences have channels; the secrets are there, and must not be shown."""
    shell = new_shell(tmp_path, monkeypatch)
    monkeypatch.setenv("CHAT_URL", "json://hunter2.example/chat")
    for name in ("PAGE_TOKEN", "PAGE_ADDRESS"):
        monkeypatch.setenv(name, f"https://hunter2.example/{name}")
    (tmp_path / "connected.toml").write_text(CONNECTED)
    shell.done("apply", str(tmp_path / "connected.toml"))
    shell.done("declare", "Checkout returns 503 on db-7", "-s", "P0")
    return shell


def outbox(shell: Shell) -> list[Delivery]:
    store = open_store(str(shell.store), lambda: datetime.now(UTC))
    try:
        return [item for item in store.read(lambda connection: deliveries_of(connection, 1)) if item.audience]
    finally:
        store.close()


def test_at_a_terminal_it_shows_texts_audiences_and_channels_and_asks(shell: Shell) -> None:
    before = shell.events()
    no = shell("update", "INC-1", "We roll back.", terminal=True, typed="\n")
    assert (no.code, no.out) == (1, "")
    for words in (
        "to Engineering teams: chat\n",
        "Subject: [P0] INC-1 Checkout returns 503 on db-7",
        "What we know: We roll back.",
        "to Executive leadership: by other means\nCheckout returns 503 on db-7: We roll back.",
        "send to 1 audience over 1 channel, record 1 as sent? [y/N]",
    ):
        assert words in no.err
    assert shell("update", "INC-1", "We roll back.").code == 2
    assert (shell.events(), outbox(shell)) == (before, [])
    yes = shell("update", "INC-1", "We roll back.", terminal=True, typed="y\n")
    assert yes.code == 0
    assert "engineering on its way over 1 channel; executives recorded as sent by other means" in yes.out
    (item,) = outbox(shell)
    assert item.target == "channel:chat"
    assert "What we know: We roll back." in item.body


def test_the_same_command_id_sends_once(shell: Shell) -> None:
    words = ("update", "INC-1", "We roll back.", "--yes", "--command-id", "deploy-7")
    first, second = shell(*words), shell(*words)
    assert (first.code, first.out) == (second.code, second.out)
    assert len(outbox(shell)) == 1


def test_a_rehearsal_shows_every_request_and_sends_nothing(shell: Shell) -> None:
    words = (
        *("update", "INC-1", "db-7 is full", "--audience", "customers", "--audience", "engineering"),
        *("--outside", "Card payments fail.", "--dry-run"),
    )
    before = shell.events()
    said = shell(*words)
    assert said.code == 0, said.err
    for line in (
        "to External customers (outside the company): page",
        "POST env:PAGE_ADDRESS/v1/pages/abc123/incidents",
        "Authorization: OAuth …",
        '"name": "Major service disruption"',
        '"deliver_notifications": false',
        '"body": "Card payments fail.\\nStarted:',
        "nothing was sent; without --dry-run: send to 2 audiences over 2 channels",
    ):
        assert line in said.out
    assert "db-7" not in said.out.partition("to Engineering")[0] + said.out.partition("page is sent:")[2]
    assert "hunter2" not in said.out + said.err
    told = shell.done(*words, "--notify")["messages"]
    assert [item["audience"] for item in told] == ["customers", "engineering"]
    assert '"deliver_notifications": true' in told[0]["requests"]["page"]
    assert told[1]["requests"] == {}
    assert told[1]["next_update"] > format_instant(datetime.now(UTC))
    assert (shell.events(), outbox(shell)) == (before, [])


def test_customers_hear_of_a_service_by_its_public_name_and_that_it_is_over(shell: Shell) -> None:
    shell.done("resolve", "INC-1", "--how", "fixed")
    shell.done("declare", "db-7 again", "-s", "P1", "--service", "checkout")
    room = shell.store.parent / "connected.toml"
    room.write_text(CONNECTED.replace('id = "checkout"', 'id = "checkout"\npublic = "Online checkout"', 1))
    assert "~ service checkout: public none → Online checkout" in shell("apply", str(room)).out
    assert 'public = "Online checkout"' in shell("export").out
    words = ("update", "INC-2", "Card payments fail.", "--audience", "customers", "--dry-run")
    said = shell(*words).out
    assert '"name": "Service disruption: Online checkout"' in said
    assert "Card payments fail.\nAffected: Online checkout\nStarted:" in said
    assert "db-7" not in said


def test_an_update_on_what_is_over_says_that_it_is(shell: Shell) -> None:
    shell.done("resolve", "INC-1", "--how", "fixed")
    said = shell("update", "INC-1", "The pool is larger now.", terminal=True, typed="n\n")
    assert "INC-1 is resolved: this is the final update\n" in said.err
    said = shell("update", "INC-1", "The pool is larger now.", "--yes")
    assert "INC-1: update to engineering on its way" in said.out
    assert "; INC-1 is resolved: it was the final one\n" in said.out
    said = shell("severity", "INC-1", "P1")
    assert said.out == "INC-1 is now P1 high; it is resolved: no clock starts\n"


def test_impact_and_what_is_done_go_where_the_templates_want_them(shell: Shell) -> None:
    shell.done("update", "INC-1", "pool full", "--impact", "nobody can pay", "--doing", "raising it", "--yes")
    (item,) = outbox(shell)
    assert "What we know: pool full\nImpact: nobody can pay\nWhat we do: raising it\n" in item.body
    (line,) = [line for line in shell.done("show", "INC-1")["timeline"] if line["kind"] == "update"]
    assert line["text"] == (
        "update → 2 audiences: What we know: pool full Impact: nobody can pay What we do: raising it"
    )


def test_resolving_reminds_of_the_final_update_and_it_is_told_as_that(shell: Shell) -> None:
    said = shell("resolve", "INC-1", "--how", "workaround")
    assert (said.code, said.out) == (0, "INC-1 resolved: workaround\n")
    assert 'warroom update INC-1 "…"  (to engineering, executives)' in said.err
    shell.done("update", "INC-1", "The pool is larger.", "--yes")
    (item,) = outbox(shell)
    assert item.subject.endswith(": resolved")
    assert "Next update: none planned" in item.body
    (line,) = [line for line in shell.done("show", "INC-1")["timeline"] if line["kind"] == "update"]
    assert line["text"] == "final update → 2 audiences: The pool is larger."


@pytest.mark.parametrize("name", ["customers", "engineering"])
def test_an_audience_is_switched_on_and_off_with_a_reason(shell: Shell, name: str) -> None:
    first, second = ("on", "off") if name == "customers" else ("off", "on")
    assert shell("audience", "INC-1", name, second).code == 1
    assert shell.done("audience", "INC-1", name, first, "--why", "they call")["on"] is (first == "on")
    shell.done("audience", "INC-1", name, second)
    texts = [line["text"] for line in shell.done("show", "INC-1")["timeline"] if line["kind"] == "audience"]
    assert texts == [f"audience {name}: switched {first}: they call", f"audience {name}: switched {second}"]
    assert outbox(shell) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("audience", "INC-1", "customers", "maybe"), 2, "'maybe' is neither on nor off"),
        (("audience", "INC-1", "nobody", "on"), 4, "there is no audience nobody"),
        (("audience", "INC-9", "customers", "on"), 4, "there is no incident INC-9"),
        (("update", "INC-9", "x", "--yes"), 4, "there is no incident INC-9"),
        (("update", "INC-1", "x", "--audience", "nobody", "--yes"), 4, "there is no audience nobody"),
        (("update", "INC-1", "  ", "--yes"), 1, "an update needs some text"),
        (("update", "INC-1", "x", "--audience", "customers", "--command-id", "", "--yes"), 2, "--command-id"),
    ],
)
def test_what_cannot_be_done_is_said(shell: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    before = shell.events()
    found = shell(*words)
    assert found.code == code
    assert said in found.err
    assert (shell.events(), outbox(shell)) == (before, [])
