"""What belongs to an incident, and how people call it."""

from dataclasses import replace

import pytest

from data.domain.incident import Link
from data.domain.links import is_ticket_number, newest
from tests.domain.test_page_template import INCIDENT


@pytest.mark.parametrize(
    "text", ["42", "#42", "OPS-7", "ops-7", "acme/ops#42", "a/b/c#1", "PROJ_X-12", "INC0012"]
)
def test_a_ticket_may_be_named_by_its_number(text: str) -> None:
    assert is_ticket_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "ticket",
        "OPS 7",
        "OPS-",
        "https://x.example/7",
        "javascript:1",
        "7\n",
        "#4\x1b",
        "7" * 80,
        "٤٢",
    ],
)
def test_what_has_no_number_is_none(text: str) -> None:
    assert not is_ticket_number(text)


def test_the_link_attached_last_is_the_one_that_counts() -> None:
    links = (
        Link("bridge", "https://a.example"),
        Link("ticket", "OPS-7"),
        Link("bridge", "https://b.example"),
    )
    incident = replace(INCIDENT, links=links)
    assert newest(incident, "bridge") == "https://b.example"
    assert newest(incident, "ticket") == "OPS-7"
    assert newest(incident, "doc") == ""
