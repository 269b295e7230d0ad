"""What the judge says of a room, asked by several workers, restarted, with people in between."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.workers.judge import MASS, Judge, Step
from console.workers.scene import Knowledge
from data.domain.check import Outcome
from data.domain.is_it_us import Network
from data.store.commands.opening import Finding
from data.store.commands.reconcile import Ended, Together
from data.store.queries.watching import Spoken
from tests.domain.probing import check, second, tell

NAMES = ("a", "b", "c", "d", "e")
LATER = timedelta(hours=4)


def known(stories: dict[str, str], begin: float = 0, **spoken: Spoken) -> Knowledge:
    """A room whose checks have been looked at every ten seconds since ``begin``."""
    found = Knowledge(seq=1, own=Network.ONLINE)
    for name, letters in stories.items():
        found.checks[name] = check(name, every=timedelta(seconds=10))
        found.healths[name] = tell(found.checks[name], letters, begin=second(begin))[0]
    found.spoken = {key if key == MASS else f"check:{key}": value for key, value in spoken.items()}
    return found


def keys(steps: list[Step]) -> list[str]:
    return [step.finding.key if isinstance(step, Together) else step.key for step in steps]


def at(looks: int) -> datetime:
    return second(10 * looks - 5)


def test_what_is_down_is_found_until_it_is_spoken_for() -> None:
    judge = Judge()
    room = known({"a": "PFFF", "b": "PPPP"})
    (finding,) = judge.steps(room, at(4))
    assert isinstance(finding, Finding)
    assert (finding.key, finding.services) == ("check:a", ("a",))
    for spoken in (Spoken(proposal=1), Spoken(incident=1), Spoken(muted_until=at(4) + LATER)):
        room.spoken = {"check:a": spoken}
        assert judge.steps(room, at(4)) == []
    room.spoken = {"check:a": Spoken(clear=True, incident=1)}
    assert keys(judge.steps(room, at(4))) == ["check:a"], "it is back"


def test_what_is_up_has_ended_wherever_it_is_spoken_for() -> None:
    judge = Judge()
    room = known({"a": "FFFPP", "b": "FFFWW", "c": "FFFP"})
    assert judge.steps(room, at(5)) == []
    room.spoken = {f"check:{name}": Spoken(proposal=1) for name in "abc"}
    assert judge.steps(room, at(5)) == [Ended("check:a", "a is up"), Ended("check:b", "b is degraded")]
    room.spoken = {"check:a": Spoken(muted_until=at(5) + LATER), "check:zz": Spoken(incident=1)}
    assert keys(judge.steps(room, at(5))) == ["check:a", "check:zz"]
    room.spoken = {"check:a": Spoken(clear=True, incident=1), "alert:prod:abc": Spoken(incident=1)}
    assert judge.steps(room, at(5)) == [], "alerts are another worker's"


def test_a_check_on_its_way_back_is_not_proposed_any_more() -> None:
    room = known({"a": "FFFP"})
    assert Judge().steps(room, at(4)) == []
    room.spoken = {"check:a": Spoken(proposal=1)}
    assert Judge().steps(room, at(4)) == [], "nor is it over before its second good look"


def test_a_flapping_check_opens_nothing_and_ends_nothing_that_is_open() -> None:
    story = "PF" * 10
    room = known({"a": story + "FFF"})
    assert room.healths["a"].flapping
    assert room.healths["a"].down
    assert Judge().steps(room, at(23)) == []
    room.spoken = {"check:a": Spoken(clear=True, incident=1)}
    assert keys(Judge().steps(room, at(23))) == ["check:a"], (
        "down again on its incident: its ladder climbs on"
    )
    up = known({"a": story + "PP"}, a=Spoken(incident=1))
    assert up.healths["a"].flapping
    assert Judge().steps(up, at(22)) == []
    up.spoken = {"check:a": Spoken(proposal=1)}
    assert keys(Judge().steps(up, at(22))) == ["check:a"], "a proposal nobody has answered is withdrawn"


def gone(looks: str = "PFFF") -> Knowledge:
    return known(dict.fromkeys(NAMES, looks))


def test_all_at_once_is_one_finding_said_once() -> None:
    judge = Judge()
    room = gone()
    (step,) = judge.steps(room, at(4))
    assert isinstance(step, Together)
    assert step.finding.title == "5 of 5 checks unreachable"
    assert step.members == tuple(f"check:{name}" for name in NAMES)
    room.spoken = {MASS: Spoken(proposal=1)}
    assert judge.steps(room, at(4)) == []
    room.spoken = {MASS: Spoken(muted_until=at(4) + LATER)}
    assert judge.steps(room, at(4)) == []


def test_a_restarted_judge_takes_over_the_failure_on_record_and_renames_nothing() -> None:
    room = known(dict.fromkeys(NAMES, "PFFFFF") | {"a": "PFFFPP", "b": "PFFFPP"})
    room.spoken = {MASS: Spoken(incident=1)}
    judge = Judge()
    assert judge.steps(room, at(6)) == []
    assert judge.mass is not None
    room.own = Network.UNPROVEN
    assert judge.steps(room, at(6)) == []


def test_it_ends_once_most_are_back_and_the_stragglers_next_look_decides() -> None:
    judge = Judge()
    judge.steps(gone(), at(4))
    room = known(dict.fromkeys(NAMES, "PFFFPP") | {"e": "PFFF"}, mass=Spoken(incident=1))
    steps = judge.steps(room, at(6) - timedelta(seconds=3))
    assert steps == [Ended(MASS, "most checks can be reached again")]
    room.spoken = {MASS: Spoken(clear=True, incident=1)}
    assert judge.steps(room, at(6)) == [], "not looked at since"
    room.healths["e"] = tell(room.checks["e"], "PFFFPPF"[:4] + "FFF")[0]
    assert keys(judge.steps(room, at(7))) == ["check:e"]


def test_two_workers_do_not_take_turns_at_ending_and_beginning_it() -> None:
    other = Judge()
    other.steps(gone(), at(4))
    room = known(dict.fromkeys(NAMES, "PFFFFF") | {"a": "PFFFPP", "b": "PFFFPP"})
    room.spoken = {MASS: Spoken(incident=1)}
    assert other.steps(room, at(6)) == []
    room.spoken = {MASS: Spoken(clear=True, incident=1)}
    assert MASS not in keys(other.steps(room, at(6))), "another has seen it end: three of five begin none"


def test_without_a_network_of_our_own_nothing_begins_or_ends() -> None:
    judge = Judge()
    room = gone()
    room.own = Network.OFFLINE
    assert judge.steps(room, at(4)) == []
    room.spoken = {MASS: Spoken(incident=1)}
    assert judge.steps(room, at(4)) == []
    assert all(health.known and health.known.outcome is Outcome.FAIL for health in room.healths.values())


def test_a_parent_nobody_looks_at_masks_nothing_once_it_is_stale() -> None:
    room = known({"edge": "PFFF", "api": "PFFF" + "F" * 20})
    room.checks["api"] = replace(room.checks["api"], depends_on=("edge",))
    now = at(24)
    assert Judge().steps(room, now) == []
    assert keys(Judge().steps(room, now, elsewhere={"edge"})) == ["check:api"]
    fresh = known({"edge": "PFFF", "api": "PFFF"})
    fresh.checks["api"] = replace(fresh.checks["api"], depends_on=("edge",))
    assert keys(Judge().steps(fresh, at(4), elsewhere={"edge"})) == ["check:edge"]
