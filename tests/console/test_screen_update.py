"""The update editor: three answers, exactly what each audience gets, and nothing sent unseen."""

from datetime import time
from pathlib import Path

import pytest
from textual.widgets import Input

from data.domain.delivery import Delivery
from data.domain.incident import Disposition
from data.domain.policy import Hours
from data.domain.severity import Severity
from data.store.commands import incidents, telling
from data.store.queries.outbox import deliveries_of
from tests.console.channels import connected, reads_on
from tests.console.room import SIZES, House, using
from tests.hostile import HOSTILE, forbidden_in
from tests.store.room import done

P0, P1, P2, P3 = Severity


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, connected())


def sent(house: House) -> list[Delivery]:
    found = house.others.read(lambda connection: deliveries_of(connection, 1))
    return [item for item in found if item.audience]


@pytest.mark.parametrize("size", SIZES)
async def test_three_answers_become_what_each_audience_gets_and_f2_sends_it(
    house: House, size: tuple[int, int]
) -> None:
    house.declare("Checkout returns 503", P0)
    house.clock.later(minutes=31)
    async with using(house, size) as user:
        await user.sees("LATE 01:00")
        await user.press("u")
        await user.sees("Update on INC-1", "What we know", "Engineering teams     LATE since 14:16Z")
        await user.type("the pool is full")
        await user.press("enter")
        await user.type("nobody can pay")
        await reads_on(user, "F2  send to 3 audiences over 2 channels, record 1 as sent")
        assert not sent(house)
        await user.press("f2")
        await user.sees("in 30:00", "on its way", "support recorded as sent")
    first, *others = sent(house)
    assert first.subject == "[P0] INC-1 Checkout returns 503"
    assert "What we know: the pool is full\nImpact: nobody can pay" in first.body
    assert [(item.audience, item.target) for item in others] == [
        ("executives", "channel:chat"),
        ("executives", "channel:mail"),
    ]
    (event,) = [item for item in house.others.history("INC-1") if item.kind == "update"]
    assert event.data["text"] == "What we know: the pool is full\nImpact: nobody can pay"


async def test_the_preview_follows_what_is_typed_and_f3_shows_the_next_audience(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("u")
        await user.sees(
            "1/2  Engineering teams, Product management: chat; Customer support: by other",
            "Subject: [P0] INC-1 Checkout returns 503",
            "What we know: not much yet",
            "Next update: 14:17Z",
        )
        await user.type("pool full")
        await user.sees("What we know: pool full")
        await user.press("enter", "enter")
        await user.type("raising it")
        await user.sees("Impact: not known yet", "What we do: raising it")
        await user.press("f3")
        await user.sees("2/2  Executive leadership: chat, mail", "Impact on the business: being assessed")
        await user.press("f3")
        await user.sees("1/2  Engineering teams")
        await user.later(minutes=3)
        await user.sees("Next update: 14:20Z")


async def test_nothing_is_sent_that_was_not_drawn_to_its_end(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house, (64, 11)) as user:
        await user.press("u")
        await user.type("pool full")
        await user.sees("F2  read on: 2 more texts to see")
        await user.quickly(*["f2"] * 2)
        await user.sees("Update on INC-1")
        assert not sent(house)
        await reads_on(user, "F2  send to 3 audiences")
        await user.press("shift+tab", "tab")
        await user.type("!")  # another text: nobody has seen it
        await user.sees("F2  read on")
        await user.press("f2")
        await user.sees("Update on INC-1")
        assert not sent(house)


async def test_keys_from_before_the_button_said_so_do_not_send(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("u")
        await user.type("pool full")
        await user.sees("What we know: pool full", "F2  read on: 1 more text")
        await user.quickly(*["f2"] * 9)  # more than it takes to read all of it
        await user.sees("F2  send to 3 audiences")
        assert not sent(house)
        await user.press("f2")
        await user.sees("on its way")


async def test_customers_get_words_of_their_own_and_subscribers_only_when_asked(house: House) -> None:
    house.declare("payments-db refuses", P0)
    async with using(house) as user:
        await user.press("u")
        await user.sees("[ ] External customers", "1 channel: page, outside the")
        await user.sees_not("Told outside", "subscribers")
        await user.type("db-7 is out of connections")
        await user.press("tab", "tab", "tab", "end", "space")
        await user.sees("[x] External customers", "Told outside", "[ ] the status page tells its subscribers")
        await user.press("shift+tab")  # into its field: the preview follows
        await user.sees(
            "3/3  External customers (outside the company): page",
            "Subject: Major service disruption",
            "We are aware of a problem and are investigating it.",
        )
        await user.type("Card payments fail.")
        await user.sees_not("We are aware")
        screen = await user.sees("Card payments fail.", "Started: 13:46Z")
        assert "db-7" not in screen.partition("3/3")[2]
        await reads_on(user, "F2  send to 4 audiences over 3 channels, record 1 as sent")
        await user.press("f2")
        await user.sees("customers on its way over")
    item = next(item for item in sent(house) if item.audience == "customers")
    assert item.body == "Card payments fail.\nStarted: 13:46Z\nNext update: 14:17Z"
    assert item.options["notify"] is False


async def test_subscribers_hear_when_somebody_says_so(house: House) -> None:
    house.declare("Checkout returns 503", P0)
    done(house.others.do(telling.switch_audience, "INC-1", "customers", True))
    async with using(house) as user:
        await user.press("u")
        await user.sees("[x] External customers", "[ ] the status page tells its subscribers")
        await user.press("tab", "tab", "tab", "tab", "tab", "space")
        await user.sees("[x] the status page tells its subscribers")
        await user.press("shift+tab")
        for _ in range(4):
            await user.press("space", "j")
        await user.sees("[ ] Executive leadership", "External customers (outside the company): page")
        await reads_on(user, "F2  send to 1 audience over 1 channel")
        await user.press("f2")  # nothing typed: the words for this status go out
        await user.sees("update to customers on its way")
    (item,) = sent(house)
    assert item.options["notify"] is True


async def test_an_update_needs_words_and_somebody_to_tell(house: House) -> None:
    house.declare("Checkout returns 503", P2)
    async with using(house) as user:
        await user.press("u")
        await user.sees("[x] Engineering teams", "[ ] Executive leadership", "outside")
        await user.press("f2")
        await user.sees("Write what is known, its impact or what is done.")
        await user.press("tab", "tab", "tab")
        for _ in range(3):
            await user.press("space", "j")
        await user.sees("[ ] Engineering teams", "[ ] Product management", "Nobody is marked")
        await user.press("f2")
        await user.sees("Mark who is told.")
        assert not sent(house)


async def test_a_template_that_fails_says_where_and_the_facts_are_sent(tmp_path: Path) -> None:
    bad = "{{ title }}\n{{ titel }}"
    house = House(tmp_path, connected({"engineering": bad}))
    house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("u")
        await user.sees(
            "The template fails, line 2: there is no fact titel: did you mean title?",
            "The plain facts go instead:",
            "Title: Checkout returns 503",
        )
        await user.type("pool full")
        await reads_on(user, "F2  send to 3 audiences")
        await user.press("f2")
        await user.sees("on its way")
    body = next(item.body for item in sent(house) if item.audience == "engineering")
    assert "What we know: pool full" in body
    assert "fails" not in body


async def test_what_was_written_is_kept_and_what_the_record_knows_is_there_to_begin_with(
    house: House,
) -> None:
    key = house.declare("Checkout returns 503", P0)
    done(house.others.do(incidents.note, key, "pool at 100 %\nraising it", by="lin"))
    async with using(house) as user:
        await user.press("u")
        await user.sees("What we know  pool at 100 % raising it")
        await user.press("escape", "u")
        await user.press("tab")
        await user.type("nobody can pay")
        await user.press("escape")
        await user.sees_not("Update on INC-1")
        await user.press("u")
        await user.sees("Impact        nobody can pay")
        assert isinstance(user.app.focused, Input)


async def test_an_incident_that_ends_meanwhile_keeps_the_words_and_shows_them_anew(house: House) -> None:
    key = house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.press("enter", "u")
        await user.type("pool full")
        await user.sees("What we know: pool full")
        done(house.others.do(incidents.resolve, key, Disposition.FIXED, by="lin"))
        await reads_on(user, "F2  send to 3 audiences")
        await user.press("f2")
        await user.sees("INC-1 is resolved now. Look at the text again.", "the final update")
        await user.sees("What we know: pool full", "Next update: none planned")
        assert not sent(house)


@pytest.mark.parametrize("size", SIZES)
async def test_resolving_offers_the_final_update_and_one_key_declines_it(
    house: House, size: tuple[int, int]
) -> None:
    key = house.declare("Checkout returns 503", P1)
    house.declare("Search is slow", P1)
    async with using(house, size) as user:
        await user.press("r", "1")
        await user.sees(f"{key} is resolved: the final update, or esc for none")
        await user.press("escape")
        await user.sees_not("final update")
        assert not sent(house)


async def test_a_key_pressed_before_the_final_update_was_seen_is_not_written_to_anybody(
    house: House,
) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("r", "1")
        await user.sees("the final update, or esc for none", "tab writes · F3 next text · esc for none")
        await user.type("j1")
        await user.sees("Nothing was typed: tab or enter begins to write")
        assert not user.app.screen.query_one("#know", Input).value
        await user.press("enter")
        await user.type("the pool is larger")
        await user.sees("What we know  the pool is larger")
        await reads_on(user, "F2  send to 3 audiences")
        await user.press("f2")
        await user.sees("on its way")
    assert "What we know: the pool is larger\n" in sent(house)[0].body


async def test_the_final_update_says_that_no_other_one_comes(house: House) -> None:
    house.declare("Checkout returns 503", P1)
    async with using(house) as user:
        await user.press("r", "2")
        await user.sees(
            "What we do    workaround", "Resolved 13:46Z: workaround", "Next update: none planned"
        )
        await reads_on(user, "F2  send to 3 audiences")
        await user.press("f2")
        await user.sees("on its way over 2 channels")
    (event,) = [item for item in house.others.history("INC-1") if item.kind == "update"]
    assert event.data["final"] is True


async def test_hours_and_snoozes_are_seen_where_the_audiences_are(tmp_path: Path) -> None:
    house = House(tmp_path, connected(hours=Hours((0, 1, 2, 3, 4), time(9), time(14), "UTC")))
    key = house.declare("Checkout returns 503", P0)
    async with using(house) as user:
        await user.sees("in 19:")  # the board counts to the opening
        await user.press("u")
        await user.sees("due 2026-11-25 09:00Z  1 channel: chat, when they")
        await user.sees("Next update: 2026-11-25 09:00Z")
    assert house.others.row(key).update_due == house.clock.now.replace(day=25, hour=9, minute=0, second=0)


HARD = (
    "markup link",
    "escape writes the clipboard",
    "bidi override",
    "10 000 newlines",
    "many brackets",
    "jinja",
)


@pytest.mark.parametrize("name", HARD)
async def test_whatever_is_in_the_record_the_editor_draws_it_harmless(house: House, name: str) -> None:
    text = dict(HOSTILE)[name]
    key = house.declare(f"x {text}", P0)
    done(house.others.do(incidents.note, key, f"x {text}", by="lin"))
    async with using(house) as user:
        await user.press("u")
        await user.sees("F2", "Update on INC-1", "What we know: x")
        assert not [found for line in user.lines for found in forbidden_in(line)]
