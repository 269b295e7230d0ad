"""An address filled in leads to one page, whatever somebody wrote into a title."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.incident import Cause, Incident, Role, Status
from data.domain.page_template import LONGEST, PLACES, fill, values_of
from data.domain.severity import Severity
from tests.hostile import HOSTILE

GITHUB = "https://github.com/acme/ops/issues/new?title={id}:%20{title}&body={body}&labels=incident,{severity}"
GITLAB = "https://git.example/-/issues/new?issue[title]={title}&issue[description]={body}"
JIRA = "https://jira.example/secure/CreateIssueDetails!init.jspa?pid=1&summary={title}&description={body}"
MEET = "https://meet.example/{service}/{id}-{random}#{title}"
TEMPLATES = (GITHUB, GITLAB, JIRA, MEET)
NOW = datetime(2026, 11, 24, 13, 46, 11, tzinfo=UTC)
INCIDENT = Incident(
    42, "Checkout returns 503", Severity.P0, Status.DETECTED, NOW, NOW, "ada", services=("checkout", "search")
)
# halves of surrogate pairs never get here: text is cleaned when it enters
TEXT = st.text(st.characters(codec="utf-8"), max_size=400)


def test_a_new_ticket_opens_with_the_facts_filled_in() -> None:
    incident = replace(INCIDENT, roles=((Role.IC, "ada"),), causes=(Cause("check:checkout-api", NOW),))
    asked = parse_qs(urlsplit(fill(GITHUB, values_of(incident, "x7"))).query)
    assert asked["title"] == ["INC-42: Checkout returns 503"]
    assert asked["labels"] == ["incident,P0"]
    assert asked["body"] == [
        "INC-42 P0 critical: Checkout returns 503\n"
        "Detected: 2026-11-24T13:46:11Z\n"
        "Services: checkout, search\n"
        "Status: detected\n"
        "ic: ada\n"
        "Cause: check:checkout-api"
    ]


def test_a_bridge_has_a_part_nobody_can_guess() -> None:
    assert fill("https://meet.example/{id}-{random}", values_of(INCIDENT, "k3v9")) == (
        "https://meet.example/INC-42-k3v9"
    )


@pytest.mark.parametrize(
    ("title", "filled"),
    [
        ("a b", "a%20b"),
        ("50% & more=less#1", "50%25%20%26%20more%3Dless%231"),
        ("../../admin?x", "..%2F..%2Fadmin%3Fx"),
        ("{body}{random}", "%7Bbody%7D%7Brandom%7D"),  # what is filled in is not filled in again
        ("Zahlung läuft", "Zahlung%20l%C3%A4uft"),
        ("", ""),
    ],
)
def test_a_title_stays_one_value(title: str, filled: str) -> None:
    values = {**values_of(INCIDENT, "RANDOM"), "title": title}
    assert fill("https://git.example/new?t={title}&z=1", values) == f"https://git.example/new?t={filled}&z=1"


def test_a_place_without_a_value_is_filled_with_nothing() -> None:
    assert fill("https://git.example/new?s={service}", {}) == "https://git.example/new?s="


@given(st.sampled_from(TEMPLATES), st.dictionaries(st.sampled_from(PLACES), TEXT))
def test_whatever_is_filled_in_the_page_stays_the_same(template: str, values: dict[str, str]) -> None:
    short = {name: text[:40] for name, text in values.items()}
    before, after = urlsplit(template), urlsplit(fill(template, short))
    assert (after.scheme, after.netloc) == (before.scheme, before.netloc)
    assert after.path.count("/") == before.path.count("/")
    asked = parse_qs(before.query, keep_blank_values=True)
    assert set(parse_qs(after.query, keep_blank_values=True)) == set(asked)
    assert fill(template, short).isascii()
    assert not set(fill(template, short)) & set(' "<>\\^`{|}\n\r\x1b')


@given(st.sampled_from(TEMPLATES), TEXT, TEXT, st.integers(1, 60))
def test_an_address_is_never_too_long_and_its_title_goes_last(
    template: str, title: str, body: str, times: int
) -> None:
    values = {**values_of(INCIDENT, "k3v9"), "title": title * times, "body": body * times}
    address = fill(template, values)
    assert len(address) <= LONGEST
    fitting = {**values, "body": ""}
    if "{body}" in template and len(fill(template, fitting)) < LONGEST // 2:
        assert fill("{title}", values) in address
    for place in ("title", "body"):
        unquote(fill("{" + place + "}", values), errors="strict")  # cut between characters, not within one


@pytest.mark.parametrize(("name", "text"), HOSTILE)
def test_nothing_hostile_gets_through(name: str, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    address = fill(GITHUB, {**values_of(INCIDENT, "k3v9"), "title": text, "body": text})
    assert address.isascii(), name
    assert address.isprintable(), name
    assert urlsplit(address).netloc == "github.com"
