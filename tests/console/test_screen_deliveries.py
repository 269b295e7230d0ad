"""Who was told: read by somebody who wonders whether anybody was woken."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from data.domain.codec import encode
from data.domain.outbox import Outcome
from data.domain.policy import Contact
from data.domain.room import Definition, Kind
from data.domain.severity import Severity
from data.store.commands import incidents, outbox, telling
from tests.console.room import SIZES, House, using
from tests.hostile import HOSTILE, forbidden_in
from tests.store.outgoing import ARRIVED, BUSY, REFUSED, claimed, settled
from tests.store.room import CONTACTS, definitions, done

P0, P1, P2, P3 = Severity
ADA, LIN, *OTHERS = CONTACTS


def furnished(*people: Contact) -> tuple[Definition, ...]:
    """Return the usual room with some of its people reached by machines."""
    known = {person.id: person for person in people}
    return tuple(
        replace(item, spec=encode(known[item.id])) if item.kind is Kind.CONTACT and item.id in known else item
        for item in definitions()
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(
        tmp_path,
        furnished(replace(ADA, notify=("env:ADA_PUSH", "env:ADA_SMS")), replace(LIN, notify=("env:LIN",))),
    )


def work(house: House, outcome: Outcome) -> None:
    """Let a worker elsewhere send what is due."""
    settled(house.others, claimed(house.others.store, holder="elsewhere"), outcome)


@pytest.mark.parametrize("size", SIZES)
async def test_each_message_with_how_it_stands(house: House, size: tuple[int, int]) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house, size) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("INC-1: who was told", "· waits", "Ada Lovelace")
        work(house, BUSY)
        await user.sees("HTTP 503")
        house.clock.later(seconds=5)
        work(house, ARRIVED)
        await user.sees("+ sent", "ntfy, 2 tries")
        done(house.others.do(telling.escalate, "INC-1", by="lin"))
        await user.sees("Lin Chen")
        await user.press("escape")
        await user.sees("NEXT UPDATE")


async def test_also_from_the_incident(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("enter")
        await user.sees("Checklist")
        await user.press("D")
        await user.sees("INC-1: who was told")
        await user.press("escape")
        await user.sees("Checklist")


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_given_up_is_sent_again_by_a_key(house: House, size: tuple[int, int]) -> None:
    house.declare("Checkout returns 503", P1)
    work(house, REFUSED)
    async with using(house, size) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("! FAILED", "HTTP 404 Not Found", "Ada Lovelace, way 2")
        await user.press("r")
        await user.sees("Only what was given up is sent again: it is waiting")
        await user.press("j", "r")
        await user.sees("INC-1: Ada Lovelace is tried again")
        await user.sees_not("! FAILED")
    assert house.others.history("INC-1")[-1].by == "ada"


async def test_an_acknowledgement_shows_why_a_page_was_not_sent(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    done(house.others.do(incidents.acknowledge, "INC-1", by="lin"))
    work(house, ARRIVED)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("- not needed", "acknowledged by lin")


async def test_where_nobody_could_be_told_the_key_that_helps(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.declare("Checkout returns 503", P1)
    async with using(house, (64, 11)) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("Nothing went out about INC-1 so far", "C on the incident shows whom")
        await user.press("r")
        await user.sees("There is no message under the cursor.")


async def test_the_words_of_a_message_are_copied(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("· waits")
        copied: list[str] = []
        monkeypatch.setattr(user.app, "copy_to_clipboard", copied.append)
        await user.press("c")
        await user.sees("opied")
    assert "Acknowledge: warroom ack INC-1" in copied[0]


async def test_times_in_the_rooms_zone(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    work(house, ARRIVED)
    async with using(house, (100, 24)) as user:
        await user.sees("INC-1")
        await user.press("D")
        await user.sees("13:46:11Z")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (64, 11)])
async def test_hostile_words_are_harmless(tmp_path: Path, size: tuple[int, int]) -> None:
    texts = [text for _, text in HOSTILE if 0 < len(text) < 4_000]
    house = House(tmp_path, furnished(replace(ADA, name=texts[0], notify=("env:ADA",))))
    for text in texts[:20]:
        house.declare(f"x{text}", P1)
    items = claimed(house.others.store)
    for item, text in zip(items, texts, strict=False):
        settled(house.others, [item], replace(BUSY, result=text))
    async with using(house, size) as user:
        for number in range(1, 21):
            house.app.open_incident(f"INC-{number}")
            await user.press("D")
            await user.sees(f"INC-{number}: who was told")
            await user.press("enter")
            assert not forbidden_in("".join(user.lines))
            await user.press("1")


def test_a_message_somebody_else_put_back_meanwhile_is_put_back_once(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    work(house, REFUSED)
    again = partial(outbox.retry, delivery_id="2:contact:ada:0")
    done(house.others.do(again, by="lin"))
    assert "it is waiting" in str(house.others.do(again, by="sam"))
    house.close()
