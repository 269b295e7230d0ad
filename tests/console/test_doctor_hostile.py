"""Whatever the other side answers, and whatever is secret: the doctor ends in time and gives nothing away."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from console.doctor.report import lines
from console.doctor.rounds import Try, go_round
from data.domain.diagnosis import Diagnosis, Grade
from data.text_table import cells, plain
from tests.console.doctor_room import new_doctor
from tests.console.servers import Behaviour, answer, drip, flood, hang, redirect, reset, say, serve
from tests.hostile import HOSTILE, forbidden_in

CANARY = "s3cretcanary"
BAD = "\x1b]0;owned\x07[/]\u202e" + "x" * 500


def echo() -> Behaviour:
    """Send back whatever was asked, in the reason, a header and the body."""

    async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
        asked = head.replace(b"\r\n", b" ")
        reply = b"HTTP/1.1 500 " + asked + b"\r\nX: " + asked + b"\r\nConnection: close\r\n\r\n" + asked
        writer.write(reply)
        await writer.drain()

    return behave


ANSWERS: dict[str, Behaviour] = {
    "echo": echo(),
    "hostile page": answer(f"<html>{BAD}</html>", media="text/html"),
    "hostile json": answer(
        '{"status": "fail", "error": "' + "\\u001b[2J[/]" * 50 + '"}', media="application/json"
    ),
    "hostile reason": say(b"HTTP/1.1 503 \x1b[2J\xff[@click=app.quit]x[/]\r\nContent-Length: 0\r\n\r\n"),
    "redirect": redirect(f"http://evil.example/{CANARY}\x1b[2J"),
    "reset": reset(b"HTTP/1.1 200"),
    "no http": say(b"220 mail.example ESMTP\r\n"),
    "half a json": answer('[{"labels": {"alertname": "', media="application/json"),
    "flood": flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
}


@pytest.mark.parametrize("how", ANSWERS)
async def test_answers_are_harmless_and_no_secret_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(ANSWERS[how]) as server:
        where = f"127.0.0.1:{server.port}"
        environ = {
            "HEARTBEAT": f"http://u:{CANARY}1@{where}/{CANARY}2?{CANARY}3",
            "CANARY": f"http://{where}/{CANARY}4",
            "CHECK": f"http://u:{CANARY}5@{where}/{CANARY}6",
            "SOURCE": f"http://{where}/{CANARY}7",
            "BEARER": f"{CANARY}8",
            "ADA": f"json://u:{CANARY}9@{where}/{CANARY}10",
            "CALENDAR": f"http://u:{CANARY}11@{where}/{CANARY}12.ics",
            "MAIL": f"mailto://u:{CANARY}13@{where}/?from=r@example.org&to=a@example.org&mode=insecure",
            "TOKEN": f"{CANARY}14",
            "PAGES": f"http://{where}/{CANARY}15",
        }
        doctor = new_doctor(tmp_path, monkeypatch, {})
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        caplog.clear()
        said, script, person = await doctor(), await doctor("--json"), await doctor(terminal=True)
    for text in (said.out, said.err, script.out, script.err, person.out.replace("\x1b[", ""), person.err):
        assert CANARY not in text
        assert forbidden_in(text.replace("\n", " ")) == []
    assert CANARY not in caplog.text
    assert said.code == script.code == 1
    levels = {item["subject"]: item["level"] for item in script.json}
    assert (levels["check checkout-api"], levels["calendar on-call"]) in {
        ("warning", "failure"),
        ("ok", "failure"),  # a page of nonsense with 200 is up for a check that wants no more
    }


async def test_a_host_that_is_a_secret_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = {name: f"{name.lower()}-{CANARY}.invalid" for name in ("HEARTBEAT", "ADA", "PAGES", "CHECK")}
    environ = {name: f"https://{host}/" for name, host in hosts.items()} | {"ADA": f"jsons://{hosts['ADA']}/"}
    doctor = new_doctor(tmp_path, monkeypatch, environ)
    said = await doctor()
    assert CANARY not in said.out + said.err
    assert "JSON: unreachable: " in said.out


@pytest.mark.parametrize("how", [hang(), drip(b"HTTP/1.1 200 OK\r\nContent-Le")], ids=["hangs", "drips"])
@pytest.mark.slow
async def test_what_never_answers_keeps_nothing_else_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Behaviour
) -> None:
    async with serve(how) as server:
        names = ("CHECK", "SOURCE", "CALENDAR", "PAGES")
        environ = dict.fromkeys(names, server.url) | {"BEARER": "b", "TOKEN": "t"}
        doctor = new_doctor(tmp_path, monkeypatch, environ)
        found = {item["subject"]: item["what"] for item in await doctor.json()}
    assert found["check checkout-api"].startswith("down: timed out")
    for subject in ("source prod", "calendar on-call", "channel page"):
        assert "timed out" in found[subject], subject
    assert found["level on-call"].startswith("Ada Lovelace")


def one(name: str, grade: Grade = Grade.OK) -> Diagnosis:
    return Diagnosis("check", name, grade, "reachable")


async def _told(groups: Iterable[tuple[str, list[Try]]], limit: float) -> list[tuple[str, list[str]]]:
    found = go_round(groups, limit=limit)
    return [
        (head, [f"{item.grade} {item.name}: {item.what}" for item in items]) async for head, items in found
    ]


async def test_a_round_ends_with_its_limit_and_tells_what_it_knows() -> None:
    async def good() -> list[Diagnosis]:
        return [one("quick"), one("bad", Grade.FAILURE)]

    async def never() -> list[Diagnosis]:
        await asyncio.Event().wait()
        return []

    async def breaks() -> list[Diagnosis]:
        raise RuntimeError(CANARY)

    groups = [
        ("First", [Try("check", "slow", never), Try("check", "a", good)]),
        ("Second", [Try("check", "own limit", never, 0.01, Grade.WARNING)]),
        ("Third", [Try("check", "broken", breaks)]),
        ("Fourth", []),
    ]
    told = await _told(groups, 0.2)
    assert told == [
        ("First", ["failure slow: no answer within 0 s", "failure bad: reachable", "ok quick: reachable"]),
        ("Second", ["warning own limit: no answer within 0 s"]),
        ("Third", ["failure broken: it could not be tried (RuntimeError)"]),
    ]
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def test_words_from_outside_are_cleaned_before_they_are_kept() -> None:
    for _, text in HOSTILE:

        async def work(text: str = text) -> list[Diagnosis]:
            return [Diagnosis("source", text, Grade.WARNING, text * 40, text)]

        async for _, items in go_round([("Sources", [Try("source", "x", work)])]):
            for item in items:
                assert forbidden_in(item.subject + item.what + item.hint) == []
                assert max(len(item.name), len(item.what), len(item.hint)) <= 300


@pytest.mark.parametrize("width", [40, 60, 80, 120, None])
def test_nothing_is_cut_and_nothing_is_wider_than_the_terminal(width: int | None) -> None:
    what = "unreachable: " + " ".join(f"word{number}" for number in range(30))
    names = [f"a-service-with-a-long-name-{number}" for number in range(12)]
    found = [Diagnosis("source", "prod", Grade.FAILURE, what, "look at it")]
    found += [one(name) for name in names]
    shown = list(lines("Alert sources", found, width))
    text = " ".join(plain(shown).split())
    assert width is None or max(cells(plain([each])) for each in shown) <= width
    for words in (what, "FAILURE", "→ look at it", *names):
        assert words in text


def test_the_same_is_said_once_of_several() -> None:
    found = [one("api"), one("web"), Diagnosis("check", "db", Grade.WARNING, "down", "look"), one("cart")]
    text = plain(lines("Checks", found, 80))
    assert text.splitlines()[1:] == [
        "  ok       check api, web, cart  reachable",
        "  warning  check db              down",
        "                                 → look",
    ]
