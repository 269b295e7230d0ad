"""When an alert has cleared: absence is all the evidence there is, and most of it proves nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.alert import AlertState
from data.domain.alerting import InstanceAnswer, Sighting, Sightings, seen_at
from tests.domain.alerting import (
    ACTIVE,
    EVERY,
    INHIBITED,
    OLD,
    PROD,
    SILENCED,
    START,
    A,
    B,
    Polled,
    answer,
    failure,
    restarted,
    sighting,
)

DOWN = sighting()
MINUTE = timedelta(minutes=1)


def test_it_clears_when_two_good_polls_in_a_row_lack_it() -> None:
    room = Polled()
    room.poll(answer(DOWN))
    first = room.now
    room.poll(answer())
    assert (room.one().firing, room.one().missing, room.one().last_seen) == (True, 1, first)
    room.poll(answer())
    assert room.one().cleared_at == room.now
    assert room.one().last_seen == first


@pytest.mark.parametrize(
    "between",
    [
        pytest.param((answer(DOWN),), id="it was back"),
        pytest.param((restarted(answer(), START + 3 * EVERY),), id="the instance was restarted"),
        pytest.param((failure(),), id="nobody answered"),
    ],
)
def test_two_polls_that_are_not_in_a_row_prove_nothing(between: tuple[InstanceAnswer, ...]) -> None:
    room = Polled()
    for told in (answer(DOWN), answer(), *between):
        room.poll(told)
    assert room.firing == {"DBDown"}


def test_a_failed_poll_between_two_good_ones_counts_for_neither() -> None:
    room = Polled()
    for told in (answer(DOWN), answer(), failure(), failure(), answer()):
        room.poll(told)
    assert not room.firing


def test_a_restart_that_answers_nothing_clears_nothing() -> None:
    room = Polled()
    room.poll(answer(DOWN))
    restart = room.now
    room.polls(20, restarted(answer(), restart))
    assert room.now - restart == PROD.resolve_timeout
    assert room.firing == {"DBDown"}, "whoever watches may not have told it yet"
    room.poll(restarted(answer(), restart))
    assert not room.firing, "it has been told everything that fires"


def test_an_alert_that_is_told_again_after_a_restart_never_went_away() -> None:
    room = Polled()
    room.poll(answer(DOWN))
    first = room.one()
    restart = room.now
    room.polls(4, restarted(answer(), restart))
    room.poll(restarted(answer(DOWN), restart))
    assert (room.one().first_seen, room.one().missing) == (first.first_seen, 0)
    room.poll(restarted(answer(), restart))
    room.poll(restarted(answer(), restart))
    assert room.firing == {"DBDown"}, "it is not up for long enough yet"


def test_a_source_that_is_down_keeps_its_alerts_and_says_since_when() -> None:
    room = Polled()
    room.poll(answer(DOWN, sighting("Old", state=SILENCED)))
    shown = room.now
    before = dict(room.known)
    room.polls(100, failure(trouble="HTTP 502"), failure(B, "HTTP 502"), after=MINUTE)
    assert room.known == before
    assert (room.state.failing_since, room.state.trouble) == (shown + MINUTE, "HTTP 502")
    assert (room.state.ok_at, room.state.polled_at) == (shown, room.now)
    room.poll(answer(DOWN))
    assert (room.state.failing_since, room.state.trouble) == (None, "")


def test_one_instance_that_answers_is_a_source_that_answers() -> None:
    room = Polled()
    room.poll(failure(), answer(DOWN, address=B))
    assert room.state.failing_since is None
    assert [(item.address, item.ok, item.trouble) for item in room.state.instances] == [
        (A, False, "refused"),
        (B, True, ""),
    ]
    assert room.one().seen_by == (B,)


def test_only_who_showed_it_can_say_that_it_is_gone() -> None:
    room = Polled()
    room.poll(answer(DOWN), answer(address=B))
    room.polls(19, failure(), answer(address=B))
    assert room.firing == {"DBDown"}, "the other one never knew of it"
    room.polls(3, failure(), answer(address=B))
    assert not room.firing, "who showed it has been away for longer than the resolve timeout"


def test_both_polls_must_come_from_the_same_instance() -> None:
    room = Polled()
    room.poll(answer(DOWN), answer(DOWN, address=B))
    room.poll(answer(), failure(B))
    room.poll(failure(), answer(address=B))
    assert room.firing == {"DBDown"}
    room.poll(answer(), answer(address=B))
    assert not room.firing


def test_while_one_shows_it_it_fires() -> None:
    room = Polled()
    room.poll(answer(DOWN), answer(DOWN, address=B))
    room.polls(50, answer(), answer(DOWN, address=B))
    assert room.one().seen_by == (B,)
    room.polls(2, answer(), answer(address=B))
    assert not room.firing


def test_one_of_a_cluster_is_restarted_and_the_other_speaks_for_both() -> None:
    room = Polled()
    room.poll(answer(DOWN), answer(DOWN, address=B))
    restart = room.now
    room.polls(2, restarted(answer(), restart), answer(address=B))
    assert not room.firing


def test_a_source_that_never_says_when_it_started_is_believed_after_the_resolve_timeout() -> None:
    room = Polled(quiet=False)
    told, silent = answer(DOWN, started=None), answer(started=None)
    room.polls(30, told)
    room.polls(20, silent)
    assert room.firing == {"DBDown"}
    room.poll(silent)
    assert not room.firing
    room.poll(told)
    room.poll(failure(), after=10 * MINUTE)
    room.polls(21, silent)
    assert room.firing == {"DBDown"}, "it may have been restarted while it was away"
    room.poll(silent)
    assert not room.firing


def test_behind_a_balancer_each_answer_has_another_start() -> None:
    room = Polled()
    others = [restarted(answer(), OLD), restarted(answer(), OLD + MINUTE)]
    room.poll(answer(DOWN))
    for number in range(20):
        room.poll(others[number % 2])
    assert room.firing == {"DBDown"}
    room.poll(others[0])
    room.poll(others[1])
    assert not room.firing


def test_what_could_not_be_read_or_kept_is_there_all_the_same() -> None:
    room = Polled()
    room.poll(answer(DOWN, sighting("Disk")))
    partly = Sightings((), broken=1, unread=frozenset({DOWN.fingerprint}))
    room.polls(3, InstanceAnswer(A, OLD, partly))
    assert room.firing == {"DBDown"}
    assert room.state.instances[0].trouble == "1 alert could not be read"


def test_what_repeats_the_last_poll_writes_nothing_and_is_known_to_have_been_seen() -> None:
    room = Polled()
    told = answer(DOWN, sighting("Soon", starts_at=START + 10 * MINUTE), sighting("Undated"))
    room.poll(told)
    for _ in range(5):
        assert room.poll(told).changed == ()
        assert room.last.alerts is room.known
    assert seen_at(room.one(), room.state) == room.now
    room.poll(failure())
    assert seen_at(room.one(), room.state) == room.now - EVERY
    room.poll(failure(), answer(address=B))
    assert room.one().last_seen == room.now - 2 * EVERY, "written, for that is no longer the last good poll"


def test_whichever_inhibits_it_is_no_news_while_the_one_that_is_known_fires() -> None:
    room = Polled()
    slow = replace(sighting("Slow", state=INHIBITED), muted_by=(DOWN.fingerprint,))
    other = sighting("Other")
    room.poll(answer(DOWN, other, slow))
    again = replace(slow, muted_by=(other.fingerprint,))
    assert room.poll(answer(DOWN, other, again)).changed == ()
    room.poll(answer(other, again))
    assert room.one("Slow").muted_by == (other.fingerprint,)


def test_a_start_in_the_future_is_brought_back_to_now_once() -> None:
    room = Polled()
    soon = answer(sighting(starts_at=START + 2 * EVERY))
    room.poll(soon)
    assert room.one().starts_at == START + EVERY
    room.poll(soon)
    assert room.one().starts_at == START + 2 * EVERY, "by now it can be true"


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (ACTIVE, SILENCED, ACTIVE),
        (SILENCED, ACTIVE, ACTIVE),
        (INHIBITED, ACTIVE, ACTIVE),
        (SILENCED, SILENCED, SILENCED),
        (INHIBITED, SILENCED, INHIBITED),
    ],
)
def test_it_is_muted_only_where_no_instance_shows_it_loud(
    first: AlertState, second: AlertState, together: AlertState
) -> None:
    room = Polled()
    later = replace(sighting(state=second), starts_at=START - MINUTE)
    room.poll(answer(sighting(state=first)), answer(later, address=B))
    assert room.one().state is together
    assert room.one().loud is (together is ACTIVE)
    assert bool(room.one().muted_by) is (together is not ACTIVE)
    assert room.one().starts_at == START - MINUTE
    assert room.one().seen_by == (A, B)


def test_what_cleared_is_kept_for_a_day() -> None:
    room = Polled()
    room.poll(answer(DOWN))
    room.polls(2, answer())
    room.poll(answer(), after=timedelta(hours=24))
    assert set(room.known) == {DOWN.fingerprint}
    assert room.poll(answer()).forgotten == (DOWN.fingerprint,)
    assert not room.known


NAMES = ("one", "two", "three")
STATES = st.sampled_from((ACTIVE, SILENCED, INHIBITED))
SHOWN = st.dictionaries(st.sampled_from(NAMES), STATES).map(
    lambda told: tuple(sighting(name, state=state) for name, state in told.items())
)
# of each instance: nothing, a failure, or what it shows and how many minutes it is up
INSTANCE = st.none() | st.tuples(SHOWN, st.sampled_from((0, 1, 4, 6, 60, None)))
POLLS = st.lists(st.tuples(INSTANCE, INSTANCE, st.sampled_from((1, 15, 60, 400))), max_size=25)
Poll = tuple[
    tuple[tuple[Sighting, ...], int | None] | None, tuple[tuple[Sighting, ...], int | None] | None, int
]


@given(POLLS)
def test_whatever_happens_what_the_last_good_poll_shows_fires_as_it_shows_it(polls: list[Poll]) -> None:
    room = Polled(quiet=False)
    for first, second, seconds in polls:
        after = timedelta(seconds=seconds)
        now = room.now + after
        answers = []
        for address, told in ((A, first), (B, second)):
            if told is None:
                answers.append(failure(address))
                continue
            shown, up = told
            started = None if up is None else now - up * MINUTE
            answers.append(answer(*shown, address=address, started=started))
        before = dict(room.known)
        room.poll(*answers, after=after)
        good = [told for told in (first, second) if told is not None]
        seen = {item.fingerprint: item for shown, _ in good for item in shown}
        loud = {item.fingerprint for shown, _ in good for item in shown if item.state is ACTIVE}
        for fingerprint in seen:
            alert = room.known[fingerprint]
            assert alert.firing
            assert alert.loud == (fingerprint in loud)
        if not good:
            assert room.known == before
        for fingerprint, alert in before.items():
            gone = alert.firing and not room.known[fingerprint].firing
            assert not (gone and alert.missing == 0), "cleared by a single poll"
            young = all(up is not None and up <= 5 for _, up in good)
            assert not (gone and young), "cleared by instances that have only just started"
        room.state, room.known = room.last.state, room.last.alerts
        assert room.poll(*answers, after=timedelta()).changed == () or any(
            alert.missing for alert in room.last.changed
        ), "the same again changes nothing but how often something was missing"
