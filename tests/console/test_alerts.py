"""A team's day with a real Alertmanager: what fires is on the board once, and leaves it when it is over."""

from datetime import timedelta
from pathlib import Path

from data.domain.alert import AlertState
from data.domain.incident import Status
from data.domain.proposal import ProposalState
from data.store.commands import proposals, rooms
from tests.console.alert_room import definition, heard, room, source, watching
from tests.console.alertmanager import cluster, running
from tests.console.engine_room import until
from tests.store.sound import check_sound

DISK = {"alertname": "DiskFull", "service": "search", "severity": "warning", "instance": "es-3"}
SLOW = {"alertname": "SearchSlow", "service": "search", "severity": "warning"}
DOWN = {"alertname": "SearchDown", "service": "search", "severity": "critical"}
MAIL = {"alertname": "MailQueue", "service": "mail", "severity": "critical"}


async def test_an_alert_is_proposed_once_and_withdrawn_when_it_has_cleared(tmp_path: Path) -> None:
    with running(tmp_path, prefix="/am") as manager, room(tmp_path, [source(manager.url)]) as place:
        async with heard(place) as watch:
            manager.fire(DISK, {**DISK, "instance": "es-4"}, summary="Disk of es is full")
            await until(lambda: place.shows("PR-1"))
            (proposal,) = place.proposals()
            assert proposal.title == "DiskFull: Disk of es is full (+1)"
            assert proposal.severity == "P2"
            assert proposal.services == ("search",)
            manager.fire(DISK, {**DISK, "instance": "es-4"}, summary="Disk of es is full")
            await place.polled()
            manager.resolve(DISK)
            await place.polled()
            assert place.shows("PR-1"), "the other one fires on"
            manager.resolve({**DISK, "instance": "es-4"})
            await until(lambda: place.board == ())
            assert [one.state for one in place.proposals()] == [ProposalState.WITHDRAWN]
            assert place.firing() == []
            assert watch.trouble == ""
        place.read(check_sound)


async def test_what_fired_before_we_came_is_one_proposal_that_never_opens(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        manager.fire(DISK, MAIL, DOWN)
        async with watching(place):
            await until(lambda: place.shows("PR-1"))
            (proposal,) = place.proposals()
            assert proposal.opens_at is None
            assert proposal.title.startswith("already firing at prod: ")
            manager.fire({**MAIL, "alertname": "MailDown"})
            await until(lambda: place.shows("PR-1", "PR-2"))


async def test_somebody_else_takes_over_where_the_first_left_off(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        async with heard(place):
            manager.fire(DISK, MAIL)
            await until(lambda: place.shows("PR-1", "PR-2"))
            await place.polled()
        told = len(place.events())
        async with watching(place):
            await place.polled(4)
        assert len(place.events()) == told, "the same state yields nothing new"
        async with watching(place):
            manager.resolve(DISK, MAIL)
            await until(lambda: place.board == ())


async def test_a_restart_of_alertmanager_clears_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as manager:
        asked = source(manager.url, resolve_timeout=timedelta(minutes=5))
        with room(tmp_path, [asked]) as place:
            async with heard(place):
                manager.fire(DISK)
                await until(lambda: place.shows("PR-1"))
                manager.restart()
                assert manager.alerts() == []
                await place.polled(5)
                assert place.firing() == ["DiskFull"]
                manager.kill()
                await until(lambda: place.source().failing_since is not None)
                assert place.source().trouble == "connection refused"
                assert place.firing() == ["DiskFull"]
                manager.start()
                manager.fire(DISK)
                await until(lambda: place.source().failing_since is None)
                await until(lambda: place.alerts()["DiskFull"].missing == 0)
                assert place.shows("PR-1")
                assert len(place.proposals()) == 1


async def test_a_silence_hides_and_keeps_the_incident(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        async with heard(place):
            manager.fire(DISK)
            await until(lambda: place.shows("PR-1"))
            place.do(proposals.confirm, "PR-1")
            silence = manager.silence(alertname="DiskFull")
            manager.silence(alertname="MailQueue")
            manager.fire(MAIL)
            await until(lambda: set(place.alerts()) == {"DiskFull", "MailQueue"})
            await until(lambda: place.alerts()["DiskFull"].state is AlertState.SILENCED)
            await place.polled()
            assert place.shows("INC-1"), "what is silenced opens nothing"
            assert place.alerts()["DiskFull"].muted_by == (silence,)
            assert place.incident(1).status is not Status.RESOLVED
            assert not place.incident(1).causes_clear
            manager.resolve(DISK)
            await until(lambda: place.incident(1).causes_clear)
            assert place.row("INC-1").proposes_resolve
        place.read(check_sound)


async def test_what_is_inhibited_opens_nothing_until_it_speaks(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, [source(manager.url)]) as place:
        async with heard(place):
            manager.fire(DOWN, SLOW)
            await until(lambda: place.shows("PR-1"))
            assert place.alerts()["SearchSlow"].state is AlertState.INHIBITED
            assert place.proposals()[0].title.startswith("SearchDown")
            place.do(proposals.dismiss, "PR-1", "a test of ours")
            manager.resolve(DOWN)
            await until(lambda: place.shows("PR-2"))
            assert place.proposals()[1].title.startswith("SearchSlow")


async def test_a_cluster_is_one_source_of_which_one_may_die(tmp_path: Path) -> None:
    with cluster(tmp_path) as (one, two), room(tmp_path, [source(one.url, two.url)]) as place:
        async with heard(place):
            one.fire(DISK)
            two.fire(DISK)
            await until(lambda: place.shows("PR-1"))
            await until(lambda: place.alerts()["DiskFull"].seen_by == (one.url, two.url))
            one.kill()
            await until(lambda: not place.source().instances[0].ok)
            await place.polled()
            assert place.source().failing_since is None
            assert place.source().instances[0].trouble == "connection refused"
            assert place.firing() == ["DiskFull"]
            two.fire(MAIL)
            await until(lambda: place.shows("PR-1", "PR-2"))
            two.resolve(DISK, MAIL)
            await until(lambda: place.board == ())


async def test_sources_come_and_go_with_the_configuration(tmp_path: Path) -> None:
    with running(tmp_path) as manager, room(tmp_path, []) as place:
        async with watching(place) as watch:
            place.configure(definition(source(manager.url)))
            await until(lambda: place.source().ok_at is not None)
            manager.fire(DISK)
            await until(lambda: place.shows("PR-1"))
            gone = definition(source(manager.url))
            place.do(rooms.apply, (), (gone,), ["retired"])
            await until(lambda: place.board == ())
            await until(lambda: place.firing() == [])
            assert place.fence() == 0
            assert watch.trouble == ""
        place.read(check_sound)
