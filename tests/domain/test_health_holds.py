"""What keeps a hard-down check from opening anything (design 3.6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.check import Check, Outcome, Reason, Result
from data.domain.health import Health, observe
from data.domain.holds import Hold, Scene, ancestors, held, masked_by, to_open, waits_for
from data.domain.is_it_us import Network, mass_failure
from data.domain.maintenance import window_now
from tests.domain.probing import check, second, tell

NOW = second(40)


def build(graph: str, letters: dict[str, str]) -> Scene:
    """A scene from "api>gateway gateway>edge": who depends on whom, and each check's looks."""
    depends: dict[str, list[str]] = {}
    for edge in graph.split():
        child, _, parent = edge.partition(">")
        depends.setdefault(child, []).append(parent)
        depends.setdefault(parent, [])
    checks = {name: check(name, depends_on=tuple(parents)) for name, parents in depends.items()}
    healths = {name: tell(item, letters.get(name, "PPPP"))[0] for name, item in checks.items()}
    return Scene(NOW, checks, healths)


@pytest.mark.parametrize(
    ("graph", "down", "child", "by"),
    [
        ("api>edge", "api", "api", None),
        ("api>edge", "api edge", "api", "edge"),
        ("api>edge", "api edge", "edge", None),
        ("api>gateway gateway>edge", "api edge", "api", "edge"),  # over one that looks fine
        ("api>gateway gateway>edge", "api gateway edge", "api", "edge"),  # the root of it
        ("api>gateway gateway>edge", "api gateway edge", "gateway", "edge"),
        ("api>gateway gateway>edge", "api gateway", "api", "gateway"),
        ("api>edge api>db", "api db", "api", "db"),
        ("api>edge api>db", "api db edge", "api", "edge"),
        ("api>db db>edge api>edge", "api db edge", "api", "edge"),
        ("api>api", "api", "api", None),
        ("a>b b>a", "a b", "a", None),  # in a cycle somebody must speak
        ("a>b b>a", "a b", "b", None),
        ("api>a a>b b>a", "api a b", "api", "a"),  # below the cycle it is masked
        ("api>a a>b b>a", "api b", "api", "b"),
        ("a>b b>a b>edge", "a b edge", "a", "edge"),
    ],
)
def test_a_check_is_masked_by_the_root_above_it(graph: str, down: str, child: str, by: str | None) -> None:
    scene = build(graph, dict.fromkeys(down.split(), "PFFF"))
    assert masked_by(child, scene.checks, scene.healths, NOW) == by


def test_a_dependency_that_is_no_check_is_no_parent() -> None:
    api = check("api", depends_on=("gone",))
    assert ancestors("api", {"api": api}) == ()
    assert masked_by("api", {"api": api}, {"gone": tell(check("gone"), "FFF")[0]}, NOW) is None


@pytest.mark.parametrize(
    ("edge", "masks", "waits"),
    [
        ("PPPP", None, None),
        ("PPPF", None, "edge"),  # its next tries decide
        ("PPFF", None, "edge"),
        ("PFFF", "edge", None),
        ("PFFFP", "edge", None),
        ("PPFP", None, None),
        ("PWWW", None, None),  # slow explains nothing
    ],
)
def test_a_parent_that_may_be_going_down_is_waited_for(
    edge: str, masks: str | None, waits: str | None
) -> None:
    scene = build("api>edge", {"api": "PFFF", "edge": edge})
    assert masked_by("api", scene.checks, scene.healths, NOW) == masks
    assert waits_for("api", scene.checks, scene.healths, NOW) == waits


def test_a_parent_nobody_looks_at_is_not_waited_for() -> None:
    scene = build("api>edge", {"api": "PFFF", "edge": "PPPF"})
    assert waits_for("api", scene.checks, scene.healths, second(600)) is None


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        (Reason.SECRET, None),  # it will not be measured again by itself: it must not hide others
        (Reason.OFFLINE, "edge"),  # our own network: just not looked at again yet
    ],
)
def test_a_parent_that_can_no_longer_be_measured_does_not_mask_for_ever(
    reason: Reason, by: str | None
) -> None:
    scene = build("api>edge", {"api": "PFFF", "edge": "PFFF"})
    lost = Result(second(590), Outcome.INCONCLUSIVE, reason)
    edge, _ = observe(scene.checks["edge"], scene.healths["edge"], lost)
    assert masked_by("api", scene.checks, {**scene.healths, "edge": edge}, second(600)) == by


links = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), min_size=1, max_size=20)


@given(links, st.sets(st.sampled_from("abcdef")))
def test_whoever_is_down_somebody_speaks(graph: list[tuple[str, str]], down: set[str]) -> None:
    scene = build(" ".join(f"{child}>{parent}" for child, parent in graph), dict.fromkeys(down, "PFFF"))
    speaking = {item.id for item in to_open(scene)}
    for name in down & scene.checks.keys():
        by = masked_by(name, scene.checks, scene.healths, NOW)
        assert (by is None) is (name in speaking)
        if by is not None:
            assert by in down
            assert by in ancestors(name, scene.checks)
            assert by in speaking  # the one blamed is itself on the board


def alone(letters: str = "PFFF") -> tuple[Check, Scene]:
    scene = build("api>edge", {"api": letters})
    return scene.checks["api"], scene


def test_a_check_hard_down_opens() -> None:
    api, scene = alone()
    assert held(api, scene) is None
    assert list(to_open(scene)) == [api]


@pytest.mark.parametrize("letters", ["", "PPPP", "PFF", "PFFFPP", "PWWW"])
def test_what_is_not_hard_down_opens_nothing(letters: str) -> None:
    assert list(to_open(alone(letters)[1])) == []


def test_during_maintenance_nothing_opens_and_afterwards_it_does() -> None:
    api, scene = alone()
    windows = (window_now("m1", "api", second(0), timedelta(seconds=50)),)
    during = held(api, replace(scene, windows=windows))
    assert during is not None
    assert (during.hold, during.until) == (Hold.MAINTENANCE, second(50))
    assert list(to_open(replace(scene, windows=windows, now=second(50)))) == [api]


def test_while_flapping_nothing_opens_and_once_steady_it_does() -> None:
    api, scene = alone("PFPFPFPFFF")
    flapping = replace(scene, now=second(100))
    assert held(api, flapping) is not None
    assert list(to_open(flapping)) == []
    steady, shifts = tell(api, "F" * 20, scene.healths["api"], second(100))
    assert [shift.kind for shift in shifts] == ["steady"]
    assert list(to_open(replace(scene, healths={"api": steady}, now=second(300)))) == [api]


def test_offline_and_stale_open_nothing() -> None:
    api, scene = alone()
    offline = held(api, replace(scene, own=Network.OFFLINE))
    late = held(api, replace(scene, now=second(3600)))
    assert offline is not None
    assert offline.hold is Hold.OFFLINE
    assert late is not None
    assert late.hold is Hold.STALE
    assert list(to_open(replace(scene, own=Network.OFFLINE))) == []


def test_members_of_a_mass_failure_open_nothing_of_their_own() -> None:
    checks = {name: check(name) for name in "abcde"}
    healths = {name: tell(item, "PFFF")[0] for name, item in checks.items()}
    mass = mass_failure(checks.values(), healths, Network.ONLINE, NOW)
    assert mass is not None
    assert list(to_open(Scene(NOW, checks, healths, own=Network.ONLINE, mass=mass))) == []
    assert len(list(to_open(Scene(NOW, checks, healths, own=Network.ONLINE)))) == 5


def test_a_row_says_why_in_few_words() -> None:
    scene = build("api>edge", {"api": "PFFF", "edge": "PFFF"})
    reason = held(scene.checks["api"], scene)
    assert reason is not None
    assert reason.text == "masked by edge"


def test_a_check_never_looked_at_is_stale() -> None:
    api, scene = alone()
    reason = held(api, replace(scene, healths={"edge": Health("edge")}))
    assert reason is not None
    assert reason.text == "not measured lately"
