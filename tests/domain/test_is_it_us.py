"""Is it us? Canaries and mass failure (design 3.6)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import Health, Shift, first_due, next_due, observe
from data.domain.is_it_us import MassFailure, Network, mass_failure, network, settle
from data.domain.severity import Severity
from tests.domain.probing import T0, check, look, second, tell

ONLINE, OFFLINE, UNPROVEN = Network.ONLINE, Network.OFFLINE, Network.UNPROVEN


def canary(word: str) -> Result | None:
    """What a canary last found, from "timeout" or "timeout 61 s ago"."""
    reason, *rest = word.split()
    if reason == "never":
        return None
    outcomes = {"ok": Outcome.PASS, "slow": Outcome.WARN, "cancelled": Outcome.INCONCLUSIVE}
    outcome = outcomes.get(reason, Outcome.FAIL)
    return Result(second(-float(rest[0]) if rest else -1), outcome, Reason(reason))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([], UNPROVEN),
        (["ok"], ONLINE),
        (["slow"], ONLINE),
        (["timeout"], OFFLINE),
        (["timeout", "dns", "refused", "unreachable"], OFFLINE),
        (["tls"], OFFLINE),  # a hotel's login page
        (["timeout", "ok"], ONLINE),
        (["status"], ONLINE),  # it answered: the canary is ill, not our network
        (["timeout", "body"], ONLINE),
        (["never"], UNPROVEN),
        (["timeout", "never"], UNPROVEN),  # not all of them failed
        (["timeout", "cancelled"], UNPROVEN),
        (["timeout", "timeout 61"], UNPROVEN),  # too old to say
        (["ok 61"], UNPROVEN),
        (["ok 60"], ONLINE),
        (["timeout", "ok 61"], UNPROVEN),
    ],
)
def test_only_when_all_configured_canaries_fail_we_are_offline(looks: list[str], expected: Network) -> None:
    names = [f"https://canary-{number}.example" for number in range(len(looks))]
    results = {name: result for name, word in zip(names, looks, strict=True) if (result := canary(word))}
    assert network(names, results, T0) is expected


def test_a_canary_no_longer_configured_has_no_say() -> None:
    assert network(["tcp://a:443"], {"tcp://a:443": look("F"), "tcp://old:443": look("P")}, T0) is OFFLINE


@pytest.mark.parametrize("letter", "PWFE")
def test_offline_makes_every_result_inconclusive_and_says_so(letter: str) -> None:
    found = Result(T0, look(letter).outcome, look(letter).reason, "x" * 200, status=503)
    settled = settle(found, OFFLINE)
    assert (settled.outcome, settled.reason) == (Outcome.INCONCLUSIVE, Reason.OFFLINE)
    assert settled.detail.startswith("own network: every canary fails (this one: ")
    assert found.reason in settled.detail
    assert len(settled.detail) <= 200
    assert (settled.at, settled.status) == (T0, 503)


@pytest.mark.parametrize("own", [ONLINE, UNPROVEN])
@pytest.mark.parametrize("letter", "PWFE?")
def test_else_results_count_as_they_are(letter: str, own: Network) -> None:
    assert settle(look(letter), own) == look(letter)


def test_what_was_inconclusive_for_another_reason_keeps_it() -> None:
    found = Result(T0, Outcome.INCONCLUSIVE, Reason.SECRET, "env:TOKEN is not set here")
    assert settle(found, OFFLINE) == found


@dataclass
class Room:
    """A room whose checks are looked at when they are due, second by second of the story."""

    checks: list[Check]
    own: Network = ONLINE
    healths: dict[str, Health] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    mass: MassFailure | None = None
    down: list[str] = field(default_factory=list)  # hard down and held
    alone: list[str] = field(default_factory=list)  # hard down, and speak for themselves
    began: list[MassFailure] = field(default_factory=list)
    ended: list[datetime] = field(default_factory=list)
    now: datetime = T0

    @property
    def calm(self) -> bool:
        """No mass failure is on."""
        return self.mass is None

    @property
    def certain(self) -> bool:
        """A mass failure is on and beyond doubt."""
        return self.mass is not None and self.mass.certain

    def until(self, number: float, broken: dict[str, str]) -> None:
        """Go on to this second; broken checks answer by their letter, the others pass."""
        while self.now < second(number):
            for item in self.checks:
                if self.due.setdefault(item.id, first_due(item, T0)) <= self.now:
                    self._look(item, broken.get(item.id, "P"))
            self.now += timedelta(seconds=1)

    def _look(self, item: Check, letter: str) -> None:
        found = settle(look(letter, self.now), self.own)
        health, shifts = observe(item, self.healths.get(item.id, Health(item.id)), found)
        self.healths[item.id] = health
        self.due[item.id] = next_due(item, health, self.due[item.id], self.now)
        self._judge(shifts)

    def _judge(self, shifts: tuple[Shift, ...]) -> None:
        before, self.mass = self.mass, mass_failure(self.checks, self.healths, self.own, self.now, self.mass)
        if self.mass and self.mass.certain and not (before and before.certain):
            self.began.append(self.mass)
        if before and before.certain and not self.mass:
            self.ended.append(self.now)
        self.down += [shift.check for shift in shifts if shift.fails]
        held = self.mass.unreachable if self.mass else ()
        freed = [name for name in self.down if name not in held]
        self.alone += [name for name in freed if self.healths[name].down]
        self.down = [name for name in self.down if name not in freed]


def room(count: int, **changes: object) -> Room:
    return Room([check(f"c{number:02}", every=timedelta(seconds=30), **changes) for number in range(count)])


def names(*numbers: int) -> list[str]:
    return [f"c{number:02}" for number in numbers]


def all_of(letter: str, *numbers: int) -> dict[str, str]:
    return dict.fromkeys(names(*numbers), letter)


def test_fourteen_of_sixteen_unreachable_is_one_proposal() -> None:
    story = room(16)
    story.until(120, {})
    story.until(200, all_of("F", *range(14)))
    assert story.alone == []
    assert len(story.began) == 1
    assert story.mass is not None
    assert story.mass.severity is Severity.P0
    assert story.mass.title == "14 of 16 checks unreachable"
    assert story.mass.members == story.mass.unreachable == tuple(names(*range(14)))


@pytest.mark.parametrize(
    ("own", "title"),
    [
        (ONLINE, "16 of 16 checks unreachable"),
        (UNPROVEN, "16 of 16 checks unreachable, or this console is offline"),
    ],
)
def test_without_a_canary_it_may_be_us(own: Network, title: str) -> None:
    story = room(16)
    story.own = own
    story.until(120, {})
    story.until(200, all_of("F", *range(16)))
    assert story.mass is not None
    assert story.mass.title == title


@pytest.mark.parametrize(
    ("count", "broken", "mass"),
    [
        (16, all_of("F", *range(12)), False),  # 75 %
        (15, all_of("F", *range(12)), False),  # exactly 80 % is not more
        (16, all_of("F", *range(13)), True),
        (5, all_of("F", *range(4)), False),
        (5, all_of("F", *range(5)), True),
        (4, all_of("F", *range(4)), True),
        (3, all_of("F", *range(3)), False),  # three checks prove nothing
        (16, all_of("E", *range(16)), False),  # all answer, all wrong: not the network
        (16, all_of("E", *range(8)) | all_of("F", *range(8, 16)), False),
        (16, all_of("W", *range(16)), False),
    ],
)
def test_more_than_four_fifths_of_at_least_four(count: int, broken: dict[str, str], mass: bool) -> None:
    story = room(count)
    story.until(120, {})
    story.until(240, broken)
    assert (story.mass is not None) is mass
    down = {name for name, health in story.healths.items() if health.down}
    assert down == {name for name, letter in broken.items() if letter != "W"}
    assert len(story.began) == mass  # nothing proposed and taken back
    assert sorted(story.alone) == ([] if mass else sorted(down))


@pytest.mark.parametrize(("fail_after", "within"), [(3, 60), (1, 45)])
def test_one_alone_is_not_kept_waiting_for_the_others(fail_after: int, within: int) -> None:
    story = room(16, fail_after=fail_after)
    story.until(120, {})
    story.until(120 + within, all_of("F", 5))
    assert story.alone == ["c05"]
    assert story.calm


def test_the_first_to_turn_down_is_held_until_the_others_have_been_looked_at() -> None:
    story = room(16, fail_after=1)
    story.until(120, {})
    while not story.down:
        story.until((story.now - T0).total_seconds() + 1, all_of("F", *range(16)))
    assert (story.calm, story.certain) == (False, False)
    story.until(170, all_of("F", *range(16)))
    assert (story.calm, story.certain) == (False, True)
    assert story.alone == []


def test_failures_far_apart_are_no_mass_failure() -> None:
    story = room(16)
    story.until(120, {})
    for number in range(16):
        story.until(120 + 90 * (number + 1), all_of("F", *range(number + 1)))
    assert story.began == []
    assert story.alone == names(*range(16))


def test_what_was_down_before_is_not_part_of_it() -> None:
    story = room(16)
    story.until(120, {})
    story.until(600, all_of("F", 0, 1, 2, 3))
    assert sorted(story.alone) == names(0, 1, 2, 3)
    story.until(700, all_of("F", *range(16)))
    assert sorted(story.alone) == names(0, 1, 2, 3)
    assert story.mass is not None
    assert story.mass.members == tuple(names(*range(4, 16)))
    assert story.mass.title == "12 of 16 checks unreachable"


def test_a_short_hiccup_opens_nothing() -> None:
    story = room(16)
    story.until(120, {})
    story.until(130, all_of("F", *range(16)))
    story.until(300, {})
    assert story.began == []
    assert story.alone == []


def test_it_lasts_until_nearly_all_are_back_and_the_rest_speak_for_themselves() -> None:
    story = room(16)
    story.until(120, {})
    story.until(200, all_of("F", *range(16)))
    story.until(320, all_of("F", *range(8)))
    assert story.mass is not None  # half are back: no burst of eight proposals
    assert story.mass.unreachable == tuple(names(*range(8)))
    assert story.mass.title == "16 of 16 checks unreachable"
    assert story.ended == []
    story.until(440, all_of("F", 0, 1, 2))
    assert story.calm
    assert len(story.began) == len(story.ended) == 1
    assert sorted(story.alone) == names(0, 1, 2)


def test_one_that_answers_wrongly_again_is_no_longer_held() -> None:
    story = room(16)
    story.until(120, {})
    story.until(200, all_of("F", *range(16)))
    story.until(260, all_of("F", *range(1, 16)) | all_of("E", 0))
    assert story.mass is not None
    assert "c00" in story.mass.members
    assert "c00" not in story.mass.unreachable


def test_one_half_way_back_is_still_held() -> None:
    story = room(5)
    story.until(120, {})
    story.until(200, all_of("F", *range(5)))
    health, _ = observe(story.checks[0], story.healths["c00"], look("P", second(200)))
    mass = mass_failure(story.checks, {**story.healths, "c00": health}, ONLINE, story.now, story.mass)
    assert health.down
    assert mass is not None
    assert "c00" in mass.unreachable


def test_a_few_quick_checks_do_not_speak_for_many_slow_ones() -> None:
    slow = [check(f"slow-{number}", every=timedelta(minutes=30)) for number in range(12)]
    quick = [check(f"quick-{number}", every=timedelta(seconds=10)) for number in range(4)]
    story = Room(slow + quick)
    story.until(120, {})
    story.until(300, dict.fromkeys((item.id for item in quick), "F"))
    assert story.began == []
    assert sorted(story.alone) == [item.id for item in quick]


def test_rare_checks_that_go_on_passing_take_it_back() -> None:
    quick = [check(f"quick-{number}", every=timedelta(seconds=10)) for number in range(6)]
    slow = [check(f"slow-{number}", every=timedelta(seconds=120)) for number in range(6)]
    story = Room(slow + quick)
    story.until(300, {})
    story.until(540, dict.fromkeys((item.id for item in quick), "F"))
    assert story.calm
    assert len(story.began) == len(story.ended) == 1
    assert sorted(story.alone) == [item.id for item in quick]
    assert all(story.healths[item.id].down for item in quick)


def test_while_we_are_offline_nothing_begins_and_nothing_ends() -> None:
    story = room(16)
    story.until(120, {})
    story.own = OFFLINE
    story.until(300, all_of("F", *range(16)))
    assert (story.began, story.alone) == ([], [])
    assert not any(health.failing for health in story.healths.values())
    story.own = ONLINE
    story.until(400, all_of("F", *range(16)))
    assert story.mass is not None
    story.own = OFFLINE
    before = story.mass
    story.until(600, {})
    assert story.mass == before
    assert story.ended == []


def test_offline_keeps_even_what_turned_down_a_moment_before_from_beginning() -> None:
    checks = [check(f"c{number}") for number in range(4)]
    healths = {item.id: tell(item, "PFFF")[0] for item in checks}
    assert mass_failure(checks, healths, OFFLINE, second(40)) is None
    assert mass_failure(checks, healths, ONLINE, second(40)) is not None


def test_a_check_taken_out_of_the_room_leaves_the_mass_failure() -> None:
    story = room(8)
    story.until(120, {})
    story.until(200, all_of("F", *range(8)))
    mass = mass_failure(story.checks[:7], story.healths, ONLINE, story.now, story.mass)
    assert mass is not None
    assert mass.title == "7 of 7 checks unreachable"
    assert mass_failure([], {}, ONLINE, story.now, story.mass) is None
