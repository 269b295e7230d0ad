"""A service's bad day, watched by a real engine: proposed, opened, held, returned, never resolved."""

from datetime import timedelta
from pathlib import Path

from data.domain.health import CheckState
from data.domain.incident import Status
from data.domain.proposal import ProposalState
from data.store.commands import incidents, proposals, rooms
from tests.console.engine_room import (
    P0,
    P1,
    P2,
    check,
    impatient,
    more_looks,
    room,
    seconds,
    shops,
    until,
    working,
)
from tests.store.sound import check_sound

INTERVAL = 0.1


async def test_an_outage_from_the_first_failure_to_its_return(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(
            tmp_path, [check("api", shop.url)], confirm_within=impatient(timedelta(seconds=1))
        ) as place:
            async with working(place):
                await until(lambda: place.state("api") is CheckState.UP)
                assert place.shows()

                shop.breaks()
                broke = seconds()
                await until(lambda: place.shows("PR-1"))
                assert seconds() - broke < 3 * INTERVAL + 2
                (proposal,) = place.proposals()
                assert (proposal.title, proposal.severity) == ("api is down", P1)
                assert "HTTP 503" in proposal.why
                assert "3 of 3" in proposal.why

                await until(lambda: place.shows("INC-1"))
                assert not place.incident(1).confirmed
                assert place.row("INC-1").unconfirmed
                assert place.ladder(1) == ("running", "on-call")
                assert place.proposals()[0].state is ProposalState.OPENED

                shop.heals()
                await until(lambda: place.row("INC-1").proposes_resolve)
                assert place.ladder(1) == ("held", "on-call")
                await more_looks(shop)
                assert place.incident(1).status is Status.DETECTED, "a machine never resolves"

                shop.breaks()
                await until(lambda: not place.row("INC-1").proposes_resolve)
                assert place.ladder(1) == ("running", "on-call")
                assert [cause.key for cause in place.incident(1).causes] == ["check:api"]
                assert place.shows("INC-1")

                place.clock.offset += timedelta(minutes=16)
                await until(lambda: place.ladder(1) == ("running", "team-lead"))
        assert len(place.proposals()) == 1
        place.read(check_sound)


async def test_a_person_who_has_it_is_not_passed_over(tmp_path: Path) -> None:
    async with shops() as (shop,):
        shop.breaks()
        with room(tmp_path, [check("api", shop.url, opens=True)]) as place:
            async with working(place):
                await until(lambda: place.shows("INC-1"))
                place.do(incidents.acknowledge, "INC-1")
                place.clock.offset += timedelta(minutes=16)
                await more_looks(shop)
                assert place.ladder(1) == ("stopped", "on-call")


async def test_a_check_that_opens_needs_no_answer(tmp_path: Path) -> None:
    async with shops() as (shop,):
        shop.breaks()
        with room(tmp_path, [check("api", shop.url, severity=P2, opens=True)]) as place:
            async with working(place):
                await until(lambda: place.shows("INC-1"))
            told = place.events("escalation")
            assert [event.data["level"] for event in told] == ["on-call"]
            place.read(check_sound)


async def test_a_proposal_withdraws_itself_when_the_service_is_back_first(tmp_path: Path) -> None:
    async with shops() as (shop,):
        shop.breaks()
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place):
                await until(lambda: place.shows("PR-1"))
                shop.heals()
                await until(place.shows)
            assert [item.state for item in place.proposals()] == [ProposalState.WITHDRAWN]


async def test_what_was_dismissed_stays_quiet_until_it_clears(tmp_path: Path) -> None:
    async with shops() as (shop,):
        shop.breaks()
        with room(tmp_path, [check("api", shop.url)]) as place:
            async with working(place):
                await until(lambda: place.shows("PR-1"))
                place.do(proposals.dismiss, "PR-1", "a test of the alarm")
                await more_looks(shop, 12)
                assert place.shows()
                shop.heals()
                await until(lambda: place.state("api") is CheckState.UP)
                await more_looks(shop)
                shop.breaks()
                await until(lambda: place.shows("PR-2"), words="it cleared: it is news again")


async def test_a_second_check_of_the_service_is_the_same_outage(tmp_path: Path) -> None:
    async with shops(2) as (front, back):
        checks = [
            check("front", front.url, service="shop"),
            check("back", back.url, service="shop", severity=P0),
        ]
        with room(tmp_path, checks) as place:
            async with working(place):
                front.breaks()
                await until(lambda: place.shows("PR-1"))
                back.breaks()
                await until(lambda: len(place.proposals()[0].causes) == 2)
                assert place.proposals()[0].severity is P0, "the worse one counts"
                answer = place.do(proposals.confirm, "PR-1")
                assert answer.key == "INC-1"
                front.heals()
                await until(lambda: any(cause.cleared_at for cause in place.incident(1).causes))
                assert not place.row("INC-1").proposes_resolve, "the other one is still down"
            assert place.shows("INC-1")
            assert len(place.proposals()) == 1


async def test_what_depends_on_it_says_nothing_of_its_own(tmp_path: Path) -> None:
    async with shops(2) as (edge, shop):
        checks = [check("edge", edge.url), check("api", shop.url, depends_on=("edge",))]
        with room(tmp_path, checks) as place:
            async with working(place):
                await until(lambda: place.state("api") is CheckState.UP)
                edge.breaks()
                shop.breaks()
                await until(lambda: place.state("api") is CheckState.DOWN and place.shows("PR-1"))
                await more_looks(shop)
                assert [item.title for item in place.proposals()] == ["edge is down"]
                edge.heals()
                await until(lambda: place.shows("PR-2"), words="alone it has its own voice")
            assert place.proposals()[1].title == "api is down"


async def test_a_maintenance_is_measured_in_silence_and_announced_once_after(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url)]) as place:
            place.do(rooms.maintain, "api", timedelta(minutes=30), "database upgrade")
            async with working(place):
                shop.breaks()
                await until(lambda: place.state("api") is CheckState.DOWN)
                await more_looks(shop, 12)
                assert place.shows()
                place.clock.offset += timedelta(minutes=31)
                await until(lambda: place.shows("PR-1"))
                await more_looks(shop)
            assert len(place.events("proposed")) == 1


async def test_a_service_that_flaps_is_one_note_and_no_incident(tmp_path: Path) -> None:
    async with shops() as (shop,):
        with room(tmp_path, [check("api", shop.url, fail_after=1, ok_after=1)]) as place:
            async with working(place):
                await until(lambda: place.state("api") is CheckState.UP)
                while not place.health("api").flapping:
                    shop.breaks()
                    await until(lambda: place.health("api").failing)
                    shop.heals()
                    await until(lambda: not place.health("api").failing)
                place.clock.offset += timedelta(seconds=1)
                await until(place.shows)
                told = len(place.events())
                for _ in range(2):
                    shop.breaks()
                    await until(lambda: place.health("api").failing)
                    shop.heals()
                    await until(lambda: not place.health("api").failing)
                assert place.shows()
                assert len(place.events()) == told, "while it lasts nothing more is told"
                notes = [event.data["state"] for event in place.events("health")]
                assert notes.count("flapping") == 1
                await until(lambda: not place.health("api").flapping)
            assert place.events("health")[-1].data["state"] == "steady"
            place.read(check_sound)
