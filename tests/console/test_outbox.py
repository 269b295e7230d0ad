"""The outbox at work: real servers, good and bad, and workers that come and go (design 7)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from console.desk import Desk
from data.domain.change import Refused
from data.domain.incident import Disposition
from data.domain.room import Channel
from data.store.commands import incidents, telling
from data.store.commands import outbox as commands
from data.store.commands.finding import find_incident
from data.store.errors import StoreError
from data.store.unit import Answer, Write
from tests.console.engine_room import P1, until
from tests.console.mail import mailbox
from tests.console.outbox_room import definitions, outbox_room, rows, sending, states
from tests.console.sink import hang, sink, status
from tests.console.test_channels_statuspage import TOKEN, Pages
from tests.store.sound import check_sound

SOON = timedelta(milliseconds=200)


def update(write: Write, *channels: Channel) -> Answer:
    """Put an update into the outbox, as the command that records it does."""
    incident = find_incident(write, "INC-1")
    assert not isinstance(incident, Refused)
    commands.enqueue_update(write, incident, write.seq, "customers", channels, "Checkout", "Down.", {})
    return Answer()


async def test_whoever_is_told_gets_a_page_and_the_record_says_so(tmp_path: Path) -> None:
    async with sink() as phone, mailbox() as box:
        people = {"ada": [phone.url], "lin": [box.url("lin@example.org")]}
        with outbox_room(tmp_path, definitions(people)) as place:
            async with sending(place):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: states(place) == ["sent"])
                place.do(telling.escalate, "INC-1")
                await until(lambda: states(place) == ["sent", "sent"])
            assert phone.titles == ["[P1] INC-1 Checkout returns 503"]
            assert "Acknowledge: warroom ack INC-1" in phone.received[0].json["message"]
            assert [mail["to"] for mail in box.mails] == ["lin@example.org"]
            assert "Told before: Ada" in box.mails[0].get_content()
            first = rows(place)[0]
            assert (first.attempts, first.result) == (1, "JSON")
            assert phone.received[0].key.startswith(first.id)


async def test_nobody_is_paged_for_what_somebody_has(tmp_path: Path) -> None:
    async with sink() as phone:
        with outbox_room(tmp_path, definitions({"ada": [phone.url]})) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            place.do(incidents.acknowledge, "INC-1", by="lin")
            place.do(incidents.declare, "Search slow", P1)
            async with sending(place):
                await until(lambda: states(place, 2) == ["sent"])
                await until(lambda: states(place) == ["suppressed"])
            assert phone.titles == ["[P1] INC-2 Search slow"]
            assert rows(place)[0].result == "acknowledged by lin"


async def test_a_way_that_fails_is_tried_again_then_the_next_way(tmp_path: Path) -> None:
    async with sink() as phone, sink() as desk_phone:
        phone.broken = status(503)
        with outbox_room(tmp_path, definitions({"ada": [phone.url, desk_phone.url]})) as place:
            async with sending(place):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: states(place) == ["failed", "sent"])
            assert len(phone.received) == 3
            assert len({item.key for item in phone.received}) == 1, "every repeat carries the same key"
            assert len(desk_phone.received) == 1
            assert desk_phone.received[0].key != phone.received[0].key
            (told,) = place.events("undelivered")
            assert (told.data["target"], told.data["next_way"]) == ("Ada", True)
            place.read(check_sound)


async def test_a_fault_that_passes_is_no_news(tmp_path: Path) -> None:
    async with sink() as phone:
        phone.faults = [status(500), status(429, Retry_After="1")]
        with outbox_room(tmp_path, definitions({"ada": [phone.url]})) as place:
            async with sending(place):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: states(place) == ["sent"])
            assert rows(place)[0].attempts == 3
            assert not place.events("undelivered")


async def test_nobody_reached_brings_the_next_level_forward(tmp_path: Path) -> None:
    async with sink() as phone:
        phone.broken = status(404)
        with outbox_room(tmp_path, definitions({"ada": [phone.url], "lin": [phone.url]})) as place:
            async with sending(place):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: bool(place.events("unreached")))
            rung = place.incident(1).ladder
            assert rung is not None
            assert rung.next_at is not None
            assert rung.next_at - place.events("unreached")[0].at == timedelta(minutes=2)


async def test_a_stuck_receiver_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    async with sink() as stuck, sink() as quick:
        stuck.broken = hang
        people = {"ada": [stuck.url], "lin": [quick.url]}
        with outbox_room(tmp_path, definitions(people, together=2), scale=1) as place:
            async with sending(place, limit=timedelta(seconds=60)):
                for number in range(12):
                    place.do(incidents.declare, f"Outage {number}", P1)
                await until(lambda: len(quick.received) == 12)
                assert len(stuck.received) <= 4, "nor does it take every hand"
            assert {item.state.value for item in rows(place)} == {"sending", "sent"}


async def test_no_answer_in_time_is_unknown_and_repeated_under_the_same_key(tmp_path: Path) -> None:
    async with sink() as phone:
        phone.faults = [hang]
        with outbox_room(tmp_path, definitions({"ada": [phone.url]})) as place:
            async with sending(place, limit=SOON):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: bool(rows(place)) and "may have arrived" in rows(place)[0].result)
            async with sending(place):
                await until(lambda: states(place) == ["sent"])
            assert len({item.key for item in phone.received}) == 1


async def test_whoever_quits_in_the_middle_is_taken_over_from(tmp_path: Path) -> None:
    async with sink() as phone:
        phone.faults = [hang]
        with outbox_room(tmp_path, definitions({"ada": [phone.url]})) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            async with sending(place, "first", limit=timedelta(seconds=60), lease=SOON):
                await until(lambda: len(phone.received) == 1)
            assert states(place) == ["sending"]
            async with sending(place, "second"):
                await until(lambda: states(place) == ["sent"])
            assert len({item.key for item in phone.received}) == 1


async def test_several_workers_send_each_message_once(tmp_path: Path) -> None:
    async with sink() as phone:
        with outbox_room(tmp_path, definitions({"ada": [phone.url]}), scale=1) as place:
            async with sending(place, "a"), sending(place, "b"), sending(place, "c"):
                for number in range(20):
                    place.do(incidents.declare, f"Outage {number}", P1)
                await until(lambda: len(phone.received) == 20)
                await until(lambda: all(states(place, n) == ["sent"] for n in range(1, 21)))
        assert len({item.key for item in phone.received}) == 20


class TestSecrets:
    async def test_only_who_has_the_secret_sends(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with sink() as phone:
            people = {"ada": ["env:ADA_PUSH"], "lin": [phone.url]}
            with outbox_room(tmp_path, definitions(people, together=2)) as place:
                async with sending(place):
                    place.do(incidents.declare, "Checkout returns 503", P1)
                    await until(lambda: states(place) == ["waiting", "sent"])
                    monkeypatch.setenv("ADA_PUSH", phone.url)
                    await until(lambda: states(place) == ["sent", "sent"])
                assert phone.url not in str(rows(place))

    async def test_what_no_host_can_send_fails_and_the_next_way_is_tried(self, tmp_path: Path) -> None:
        async with sink() as phone:
            with outbox_room(tmp_path, definitions({"ada": ["env:NOT_THERE", phone.url]})) as place:
                async with sending(place, patience=SOON):
                    place.do(incidents.declare, "Checkout returns 503", P1)
                    await until(lambda: states(place) == ["failed", "sent"])
                assert rows(place)[0].result == "the environment variable NOT_THERE is not set"
                (told,) = place.events("undelivered")
                assert told.data["why"] == "the environment variable NOT_THERE is not set"

    async def test_two_hosts_that_cannot_count_it_once(self, tmp_path: Path) -> None:
        with outbox_room(tmp_path, definitions({"ada": ["env:NOT_THERE"]})) as place:
            async with sending(place, "a", patience=SOON), sending(place, "b", patience=SOON):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: states(place) == ["failed"])
                await until(lambda: bool(place.events("unreached")))
            assert len(place.events("undelivered")) == 1
            assert rows(place)[0].attempts == 1

    async def test_a_secret_that_is_no_address(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ADA_PUSH", "slak://s3cretcanary")
        with outbox_room(tmp_path, definitions({"ada": ["env:ADA_PUSH"]})) as place:
            async with sending(place):
                place.do(incidents.declare, "Checkout returns 503", P1)
                await until(lambda: states(place) == ["failed"])
            assert "Apprise does not know this address" in rows(place)[0].result
            assert "s3cretcanary" not in str(rows(place)) + str(place.events())


class TestUpdates:
    async def test_a_status_page_and_mail_each_in_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PAGE_TOKEN", TOKEN)
        pages = Pages()
        async with sink(pages) as atlassian, mailbox() as box:
            page = Channel("page", f"http://{atlassian.where}", "statuspage", "p1", "env:PAGE_TOKEN")
            mail = Channel("mail", box.url("customers@example.org"))
            with outbox_room(tmp_path, definitions({}, [page, mail])) as place:
                place.do(incidents.declare, "Checkout returns 503", P1)
                place.do(incidents.acknowledge, "INC-1")
                place.do(update, page, mail)
                place.do(incidents.resolve, "INC-1", Disposition.FIXED)
                place.do(update, page, mail)
                async with sending(place):
                    await until(lambda: states(place) == ["sent"] * 4)
            (made,) = pages.incidents
            assert made["posts"] == ["Down.", "Down."]
            assert made["status"] == "resolved"
            assert pages.notified == 0
            assert len(box.mails) == 2

    async def test_a_channel_that_is_gone_says_so(self, tmp_path: Path) -> None:
        with outbox_room(tmp_path, definitions({})) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            place.do(update, Channel("mail", "env:MAIL"))
            async with sending(place, patience=SOON):
                await until(lambda: rows(place)[0].attempts > 0)
            assert rows(place)[0].result == "it is no longer configured"


async def test_a_store_that_is_away_for_a_while_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sink() as phone:
        with outbox_room(tmp_path, definitions({"ada": [phone.url]})) as place:
            place.do(incidents.declare, "Checkout returns 503", P1)
            settle = commands.settle

            def away(connection: Connection, now: datetime, tried: commands.Tried) -> None:
                raise StoreError("the disk is full", "make room")

            monkeypatch.setattr(commands, "settle", away)
            async with sending(place) as worker:
                await until(lambda: "the disk is full" in worker.trouble)
                monkeypatch.setattr(commands, "settle", settle)
                await until(lambda: states(place) == ["sent"])
                await until(lambda: not worker.trouble)
            assert len(phone.received) == 1, "what arrived is not sent again for that"


async def test_a_worker_stops_before_a_desk_that_is_closed(tmp_path: Path) -> None:
    with outbox_room(tmp_path, definitions({})) as place:
        async with sending(place) as worker:
            desk: Desk = worker._desk
            await desk.close()
            await until(lambda: bool(worker.trouble))
