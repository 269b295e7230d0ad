"""Sending in a process of its own: what it answers, what is stuck in it, and what becomes of it."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.channels import Message, Outcome
from console.channels.sending import GONE, Sender, SentApart
from tests.console.sink import hang, sink, status

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)


def message(number: int = 0) -> Message:
    return Message(f"3:contact:ada:{number}", "[P1] INC-1", "words\nmore", NOW, {"notify": False})


def children() -> set[int]:
    """The processes this one has started and that still live."""
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in listed.split()}


async def test_many_at_once_come_out_as_they_went_in() -> None:
    sender, before = Sender(), children()
    async with sink() as place:
        channel = SentApart(sender, place.url)
        outcomes = await asyncio.gather(*(channel.send(message(number)) for number in range(20)))
        assert outcomes == [Outcome(True, "JSON")] * 20
        assert sorted(item.key for item in place.received) == sorted(message(n).key for n in range(20))
        assert place.received[0].json["message"] == "words\nmore"
        place.faults.append(status(503))
        failed = await channel.send(message())
        assert not failed.ok
        assert failed.result == "JSON: HTTP 503 Service Unavailable"
    await sender.close()
    assert children() <= before


async def test_a_stuck_one_keeps_neither_the_others_nor_the_exit() -> None:
    sender = Sender()
    async with sink() as stuck, sink() as place:
        stuck.broken = hang
        waiting = asyncio.create_task(sender.send(stuck.url, message()))
        assert (await sender.send(place.url, message())).ok
        assert not waiting.done()
        await sender.close()
        assert await waiting == Outcome(False, GONE)


async def test_a_killed_one_is_said_and_the_next_message_starts_another() -> None:
    sender, before = Sender(), children()
    async with sink() as stuck, sink() as place:
        stuck.broken = hang
        waiting = asyncio.create_task(sender.send(stuck.url, message()))
        assert (await sender.send(place.url, message())).ok
        for pid in children() - before:
            os.kill(pid, signal.SIGKILL)
        assert await waiting == Outcome(False, GONE)
        assert (await sender.send(place.url, message(2))).ok
    await sender.close()


async def test_it_is_let_go_when_nothing_is_sent_for_long() -> None:
    sender, before = Sender(quiet=0.05), children()
    async with sink() as place:
        assert (await sender.send(place.url, message())).ok
        for _ in range(200):
            if children() <= before:
                break
            await asyncio.sleep(0.05)
        assert children() <= before
        assert (await sender.send(place.url, message())).ok
    await sender.close()
