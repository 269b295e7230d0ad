"""A test message goes to everybody who would be told, once somebody has agreed, and to nobody outside."""

from pathlib import Path

import pytest

from tests.console.doctor_room import Doctor, new_doctor
from tests.console.mail import mailbox
from tests.console.sink import Sink, sink, status

TABLES = """
[room]
name = "acme"
[[contact]]
id = "ada"
notify = ["env:ADA", "env:ADA_TOO"]
[[contact]]
id = "lin"
phone = "1"
[[level]]
id = "on-call"
contacts = ["ada", "lin"]
severities = ["P0", "P1", "P2", "P3"]
[[channel]]
id = "mail"
url = "env:MAIL"
[[channel]]
id = "customer-mail"
url = "env:CUSTOMERS"
[[channel]]
id = "page"
kind = "statuspage"
page = "p1"
token = "env:TOKEN"
url = "env:PAGES"
[[audience]]
id = "engineering"
channels = ["mail"]
[[audience]]
id = "customers"
channels = ["customer-mail", "page"]
"""
ASKED = """a test message goes to:
  contact ada, way 1  (env:ADA)
  contact ada, way 2  (env:ADA_TOO)
  channel mail  (env:MAIL)
send 3 test messages? [y/N]: """


def doctor_for(folder: Path, monkeypatch: pytest.MonkeyPatch, chat: Sink, outside: Sink, mail: str) -> Doctor:
    environ = {
        **{"ADA": chat.url, "ADA_TOO": f"{chat.url}too", "MAIL": mail, "CUSTOMERS": outside.url},
        **{"TOKEN": "t0ken", "PAGES": f"http://{outside.where}"},
    }
    return new_doctor(folder, monkeypatch, environ, TABLES)


async def test_sent_once_agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sink() as chat, sink() as outside, mailbox() as mail:
        doctor = doctor_for(tmp_path, monkeypatch, chat, outside, mail.url())

        for typed in ("n\n", "\n"):
            said = await doctor("--send-test", typed=typed, terminal=True)
            assert (said.code, said.err.startswith(ASKED)) == (1, True), said.err
            assert "nothing was sent" in said.err
        scripted = await doctor("--send-test")
        assert (scripted.code, "--yes" in scripted.err, scripted.out) == (2, True, "")
        assert (chat.received, mail.mails) == ([], [])

        said = await doctor("--send-test", typed="y\n", terminal=True)
        assert sorted(item.path for item in chat.received) == ["/", "/too"]
        assert chat.titles == ["Test message from warroom acme"] * 2
        assert {item.json["message"].split(" (")[0] for item in chat.received} == {
            "ada tests whether warroom reaches you"
        }
        assert len({item.key for item in chat.received}) == 2
        assert [item["subject"] for item in mail.mails] == ["Test message from warroom acme"]
        assert "not sent: people outside read it" in said.out
        assert [request.method for request in outside.received] == ["GET"] * len(outside.received)


async def test_what_did_not_arrive_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sink() as chat, sink() as outside, mailbox() as mail:
        mail.refuses = "550 no such user"
        chat.broken = status(403)
        doctor = doctor_for(tmp_path, monkeypatch, chat, outside, mail.url())
        found = await doctor.json("--send-test", "--yes")
    told = {item["subject"]: (item["level"], item["what"]) for item in found if item["kind"] == "test"}
    assert told.keys() == {
        "test contact ada, way 1",
        "test contact ada, way 2",
        "test channel mail",
        "test channel customer-mail",
        "test channel page",
    }
    assert told["test contact ada, way 1"] == ("failure", "not sent: JSON: HTTP 403 Forbidden")
    assert told["test channel mail"][0] == "failure"
    assert told["test channel page"] == ("note", "not sent: people outside read it")


async def test_a_room_without_ways_says_that_nobody_can_be_sent_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = new_doctor(tmp_path, monkeypatch, {}, '[[contact]]\nid = "lin"\nphone = "1"\n')
    (found,) = [item for item in await doctor.json("--send-test") if item["kind"] == "test"]
    assert (found["level"], found["what"].startswith("nobody can be sent one")) == ("note", True)
    assert [item for item in await doctor.json() if item["kind"] == "test"] == []
