"""What make audit says of libraries that are not what they should be."""

import json

import pytest

from tests.audit import PINS, advisories, apart, ask, loose, pins

PINNED = {"httpx": "0.28.1", "h11": "0.16.0"}
ANSWER = {
    "dependencies": [
        {"name": "httpx", "version": "0.28.1", "vulns": []},
        {"name": "h11", "version": "0.16.0", "vulns": [{"id": "GHSA-1", "fix_versions": ["0.16.1"]}]},
        {"name": "left", "skip_reason": "not found"},
    ]
}


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (PINNED, []),
        ({"httpx": "0.28.1"}, ["h11 is pinned to 0.16.0 and not installed"]),
        ({**PINNED, "httpx": "0.27.0"}, ["httpx is pinned to 0.28.1, installed is 0.27.0"]),
        ({**PINNED, "ipdb": "2.0"}, []),
    ],
)
def test_a_library_that_is_not_the_pinned_one_is_named(there: dict[str, str], said: list[str]) -> None:
    assert apart(PINNED, there) == said
    own = "note: installed and not pinned, so not looked up: ipdb" if "ipdb" in there else ""
    assert loose(PINNED, there) == own


def test_the_pins_are_pins_and_nothing_else() -> None:
    assert len(pins(PINS.read_text())) > 40
    assert pins("Foo_Bar.baz==1.2") == {"foo-bar-baz": "1.2"}
    with pytest.raises(ValueError, match="is no pin"):
        pins("--index-url somewhere")


def test_an_advisory_is_told_and_no_answer_is_none() -> None:
    assert advisories(json.dumps(ANSWER)) == ["h11 0.16.0: GHSA-1, mended in 0.16.1"]
    assert advisories(json.dumps({"dependencies": []})) == []
    for answer in ("", "[]", "null", "<html>", "{}"):
        assert advisories(answer) is None


def test_where_nobody_can_be_asked_nothing_is_claimed() -> None:
    assert ask(["/nowhere/pip-audit"]) is None
    assert ask(["false"]) is None
