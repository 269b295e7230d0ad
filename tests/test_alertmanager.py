"""What Alertmanager answers, as it was recorded, and as nobody would wish it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import alertmanager
from data.alertmanager import (
    AlertReader,
    NotAlertmanager,
    fingerprint_of,
    read_alerts,
    read_silences,
    read_status,
)
from data.domain.alert import AlertState
from data.domain.alerting import NO_START
from tests.hostile import HOSTILE, NAMES, forbidden_in

RECORDED = Path(__file__).parent / "alertmanager"
READERS = (read_alerts, read_silences, read_status)


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def alert(**fields: Any) -> dict[str, Any]:
    """An alert as a source writes it, with some fields of a test's own."""
    return {
        "fingerprint": "f1",
        "labels": {"alertname": "DBDown", "service": "checkout"},
        "annotations": {"summary": "db-1 is down"},
        "startsAt": "2026-11-24T08:53:55.072Z",
        "endsAt": "2026-11-24T08:58:55.072Z",
        "updatedAt": "2026-11-24T08:54:55.072Z",
        "generatorURL": "https://prom.example/graph",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    } | fields


def body(*items: Any) -> bytes:
    return json.dumps(items, separators=(",", ":")).encode()


def test_a_recorded_answer_in_all_states() -> None:
    disk, down, slow = read_alerts(recorded("alerts"))
    assert (disk.labels["alertname"], disk.state) == ("DiskFull", AlertState.SILENCED)
    assert disk.muted_by == ("93b033f2-80ee-431a-b358-ca534e8b5c23",)
    assert (slow.state, slow.muted_by) == (AlertState.INHIBITED, (down.fingerprint,))
    assert (down.state, down.muted_by) == (AlertState.ACTIVE, ())
    assert down.annotations == {"runbook_url": "http://runbooks.example/db", "summary": "db-1 is down"}
    assert down.url == "http://prom.example/graph?g0.expr=up"
    assert down.starts_at == datetime(2026, 11, 24, 8, 53, 55, 72000, tzinfo=UTC)
    assert [item.fingerprint for item in read_alerts(recorded("alerts_active"))] == [down.fingerprint]


@pytest.mark.parametrize("name", ["alerts", "alerts_active", "alerts_refired"])
def test_fingerprints_are_the_sources_own_and_can_be_computed(name: str) -> None:
    items = json.loads(recorded(name))
    assert [fingerprint_of(item["labels"]) for item in items] == [item["fingerprint"] for item in items]
    bare = [{key: value for key, value in item.items() if key != "fingerprint"} for item in items]
    assert read_alerts(body(*bare)) == read_alerts(recorded(name))
    assert read_alerts(body(alert(fingerprint="grafana-1")))[0].fingerprint == "grafana-1"


def test_odd_fingerprints_stay_different() -> None:
    odd = ["\x1b[2J", "\x1b[3J", "x" * 65, "x" * 66, "a b"]
    found = {item.fingerprint for item in read_alerts(body(*(alert(fingerprint=text) for text in odd)))}
    assert len(found) == len(odd)
    assert all(len(text) <= 64 and text.isalnum() for text in found)


def test_recorded_silences_and_status() -> None:
    (silence,) = read_silences(recorded("silences"))
    assert (silence.state, silence.created_by, silence.comment) == ("active", "oncall", "known")
    assert silence.ends_at == datetime(2026, 11, 24, 9, 53, 55, tzinfo=UTC)
    assert [matcher.text for matcher in silence.matchers] == ['instance="es-3"']
    assert [item.state for item in read_silences(recorded("silences_expired"))] == ["expired"]
    status = read_status(recorded("status"))
    assert status.started == datetime(2026, 11, 24, 8, 53, 53, 611000, tzinfo=UTC)
    assert status.version == "0.25.0"
    grafana = b'{"cluster": null, "config": {"route": {}}, "uptime": null, "versionInfo": {"version": "N/A"}}'
    assert read_status(grafana).started is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({}, 'service="a"'),
        ({"isEqual": False}, 'service!="a"'),
        ({"isRegex": True, "isEqual": True}, 'service=~"a"'),
        ({"isRegex": True, "isEqual": False}, 'service!~"a"'),
    ],
)
def test_a_matcher_reads_as_it_is_written(kind: dict[str, bool], text: str) -> None:
    told = {"id": "s1", "matchers": [{"name": "service", "value": "a", **kind}, 7], "status": {}}
    (silence,) = read_silences(body(told, {"id": 7}, "x", {}))
    assert [matcher.text for matcher in silence.matchers] == [text]
    assert (silence.ends_at, silence.state) == (None, "")


@pytest.mark.parametrize(
    ("status", "state", "muted_by"),
    [
        ({"state": "active"}, AlertState.ACTIVE, ()),
        ({"state": "unprocessed"}, AlertState.ACTIVE, ()),
        ({}, AlertState.ACTIVE, ()),
        (None, AlertState.ACTIVE, ()),
        (
            {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": ["f2"]},
            AlertState.SILENCED,
            ("s1", "f2"),
        ),
        ({"state": "suppressed", "silencedBy": [], "inhibitedBy": ["f2"]}, AlertState.INHIBITED, ("f2",)),
        ({"state": "suppressed", "mutedBy": ["nights"]}, AlertState.SILENCED, ("nights",)),
        ({"state": "suppressed", "silencedBy": None}, AlertState.SILENCED, ()),
        ({"state": "active", "silencedBy": ["expired"]}, AlertState.ACTIVE, ()),
    ],
)
def test_states(status: Any, state: AlertState, muted_by: tuple[str, ...]) -> None:
    (found,) = read_alerts(body(alert(status=status)))
    assert (found.state, found.muted_by) == (state, muted_by)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2026-11-24T08:53:55Z", 55.0),
        ("2026-11-24T08:53:55.123456789Z", 55.123456),
        ("2026-11-24T09:53:55.5+01:00", 55.5),
        ("2026-11-24T08:53:55", 55.0),
    ],
)
def test_instants_in_all_their_spellings(text: str, second: float) -> None:
    (found,) = read_alerts(body(alert(startsAt=text)))
    at = found.starts_at
    assert (at.tzinfo, at.hour, at.minute, at.second + at.microsecond / 1e6) == (UTC, 8, 53, second)


@pytest.mark.parametrize(
    "start",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", "", 7, None],
)
def test_a_start_that_is_none_hides_no_alert(start: Any) -> None:
    (found,) = read_alerts(body(alert(startsAt=start)))
    assert found.starts_at == NO_START


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "answered nothing"),
        (b" \n", "answered nothing"),
        (b"<!DOCTYPE html><html><body>Please sign in", "does it ask for a login?"),
        (b'\n  <html lang="en">', "a web page"),
        (recorded("alerts")[:700], "no whole JSON"),
        (recorded("alerts") + b"x", "no whole JSON"),
        (b"upstream connect error \x1b[2J", "upstream connect error"),
        (b"\xff\xfe\x00", "no whole JSON"),
        (b"[" * 200_000, "no whole JSON"),
        (b"9" * 5000, "no whole JSON"),
        (b'"bad matcher format: \\u001b[2J"', '"bad matcher format: '),
        (b"null", "answered null"),
        (b"true", "answered true or false"),
        (b"17", "answered a number"),
    ],
)
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_answer_of_alertmanagers_says_so_in_one_sentence(
    read: Any, answer: bytes, words: str
) -> None:
    with pytest.raises(NotAlertmanager) as caught:
        read(answer)
    assert words in str(caught.value)
    assert not forbidden_in(str(caught.value))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (read_alerts, b"{}"),
        (read_alerts, b'{"status": "success", "data": []}'),
        (read_silences, recorded("status")),
        (read_status, recorded("alerts")),
        (read_status, b"{}"),
    ],
)
def test_the_answer_to_another_question_is_none(read: Any, answer: bytes) -> None:
    with pytest.raises(NotAlertmanager, match="it answered"):
        read(answer)


@pytest.mark.parametrize("read", READERS)
def test_ten_megabytes_are_read_and_more_are_not(read: Any) -> None:
    with pytest.raises(NotAlertmanager, match="more than 10 MB"):
        read(b"[" + b" " * alertmanager.MOST_BYTES + b"]")
    with pytest.raises(NotAlertmanager, match="web page"):
        read(b"<" + b" " * (alertmanager.MOST_BYTES - 1))


BROKEN: tuple[Any, ...] = (
    7,
    None,
    "x",
    [],
    {},
    {"labels": "x"},
    {"labels": {}},
    {"labels": {"a": 1}},
    alert(labels=None),
)


def test_what_is_broken_hides_nothing_that_is_good() -> None:
    found = read_alerts(body(*BROKEN, alert(), *BROKEN, alert(fingerprint="f2")))
    assert [item.fingerprint for item in found] == ["f1", "f2"]
    assert (found.broken, found.beyond) == (2 * len(BROKEN), 0)
    assert found.unread == {"f1"}, "one of the broken ones says which it is"
    assert found.trouble == "18 alerts could not be read"


def test_no_more_alerts_are_kept_than_can_be_shown_and_the_rest_is_known_to_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alertmanager, "MOST_ALERTS", 2)
    found = read_alerts(body(*(alert(fingerprint=f"f{number}") for number in range(5))))
    assert [item.fingerprint for item in found] == ["f0", "f1"]
    assert (found.beyond, sorted(found.unread)) == (3, ["f2", "f3", "f4"])
    assert found.trouble == "3 alerts beyond the first 2 left out"
    assert read_alerts(body(alert())).trouble == ""


@pytest.mark.parametrize("text", [text[:50_000] for _, text in HOSTILE], ids=NAMES)
def test_hostile_words_are_clean_wherever_they_stand(text: str) -> None:
    told = alert(
        labels={"alertname": text or "x", text or "y": text},
        annotations={"summary": text, text: "z"},
        generatorURL=text,
        fingerprint=text,
        status={"state": "suppressed", "silencedBy": [text], "mutedBy": [text]},
        unknown={text: [text]},
    )
    (found,) = read_alerts(body(told))
    lines = [found.fingerprint, found.url, *found.labels, *found.labels.values(), *found.muted_by]
    lines += found.annotations
    assert [line for line in lines if forbidden_in(line) or len(line) > 1000] == []
    for words in found.annotations.values():
        assert not forbidden_in(words.replace("\n", ""))
        assert len(words) <= alertmanager.TEXT
    silence = {
        "id": text or "x",
        "comment": text,
        "createdBy": text,
        "matchers": [{"name": text, "value": text}],
    }
    (read,) = read_silences(body(silence))
    told_lines = [read.id, read.comment, read.created_by, *(matcher.text for matcher in read.matchers)]
    assert [line for line in told_lines if forbidden_in(line)] == []


def test_of_very_many_labels_those_that_count_are_kept() -> None:
    labels = {f"label{number:03}": "x" for number in range(200)} | {"severity": "critical", "alertname": "A"}
    (found,) = read_alerts(body(alert(labels=labels, annotations=labels | {"summary": "s"})))
    assert len(found.labels) == alertmanager.MOST_LABELS
    assert found.labels["severity"] == "critical"
    assert len(found.annotations) == alertmanager.MOST_ANNOTATIONS
    assert found.annotations["summary"] == "s"


def test_of_many_that_inhibit_one_another_may_be_named_each_time() -> None:
    reader = AlertReader()
    first, second, none = (
        body(alert(status={"state": "suppressed", "inhibitedBy": names})) for names in (["f2"], ["f3"], [])
    )
    found = reader.read(first)
    assert reader.read(second) is found
    assert reader.read(none)[0].state is AlertState.SILENCED


def test_a_reader_gives_the_same_again_while_only_the_refreshed_instants_change() -> None:
    reader = AlertReader()
    first = reader.read(body(alert(), alert(fingerprint="f2")))
    later = {"endsAt": "2026-11-24T08:59:10Z", "updatedAt": "2026-11-24T08:55:10Z"}
    assert reader.read(body(alert(**later), alert(fingerprint="f2"))) is first
    changed = reader.read(body(alert(**later), alert(fingerprint="f2", startsAt="2026-11-24T09:00:00Z")))
    assert changed is not first
    assert changed[0] is first[0]
    assert changed[1].starts_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    with pytest.raises(NotAlertmanager):
        reader.read(b"<html>")
    assert reader.read(body(alert(), alert(fingerprint="f2"))) == first


CHANGES: tuple[dict[str, Any], ...] = (
    {"labels": {"alertname": "DBDown", "service": "search"}},
    {"annotations": {"summary": 'it says "endsAt":"2026" now'}},
    {"annotations": {"summary": "\x1b[2J"}},
    {"annotations": None},
    {"generatorURL": "https://other.example"},
    {"startsAt": "2026-11-24T08:53:56.072Z"},
    {"status": {"state": "suppressed", "silencedBy": ["s1"]}},
    {"labels": None},
    {"fingerprint": "f9"},
    {"fingerprint": ["f1"]},
    {"fingerprint": None},
)


@pytest.mark.parametrize("before", range(-1, len(CHANGES)))
@pytest.mark.parametrize("after", range(-1, len(CHANGES)))
def test_a_reader_misses_no_change(before: int, after: int) -> None:
    reader = AlertReader()
    told = [body(alert(**(CHANGES[number] if number >= 0 else {}))) for number in (before, after)]
    for answer in told:
        assert reader.read(answer) == read_alerts(answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "fingerprint",
    "labels",
    "annotations",
    "startsAt",
    "status",
    "generatorURL",
    "id",
    "matchers",
    "uptime",
)
SHAPED = st.dictionaries(st.sampled_from(FIELDS), JSON)


def read_or_refused(answer: bytes) -> None:
    for read in READERS:
        said = ""
        try:
            read(answer)
        except NotAlertmanager as error:
            said = str(error)
        assert not forbidden_in(said)


@given(st.one_of(JSON, SHAPED, st.lists(SHAPED, max_size=4)))
def test_any_json_is_read_or_refused(value: Any) -> None:
    read_or_refused(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60), st.integers(0, 2100), st.integers(0, 40))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int, gone: int) -> None:
    good = recorded("alerts")
    read_or_refused(noise)
    read_or_refused(good[:at] + noise + good[at + gone :])
