"""What a body says about a service, and that no body can hurt."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.body import LIMIT, find, judge
from data.domain.check import Expect, Outcome, Reason

HEALTH = "application/health+json; charset=utf-8"
ACTUATOR = "application/vnd.spring-boot.actuator.v3+json"
JSON = "application/json"
PASS, WARN, FAIL = Outcome.PASS, Outcome.WARN, Outcome.FAIL


@pytest.mark.parametrize(
    ("media", "body", "status", "outcome"),
    [
        ("text/html", "<h1>hello</h1>", 200, PASS),
        ("", "", 204, PASS),
        ("text/html", "<h1>oops</h1>", 500, FAIL),
        ("text/html", "", 302, FAIL),
        (HEALTH, '{"status": "pass"}', 200, PASS),
        (HEALTH, '{"status": "OK"}', 200, PASS),
        (HEALTH, '{"status": "warn"}', 200, WARN),
        (HEALTH, '{"status": "fail"}', 200, FAIL),
        (HEALTH, '{"status": "error"}', 200, FAIL),
        (HEALTH, '{"status": "pass"}', 503, FAIL),
        (HEALTH, '{"status": "pineapple"}', 200, WARN),
        (HEALTH, "not json", 200, PASS),
        (HEALTH, '{"status": 7}', 200, PASS),
        (HEALTH, '["status"]', 200, PASS),
        (ACTUATOR, '{"status": "UP"}', 200, PASS),
        (ACTUATOR, '{"status": "DOWN"}', 200, FAIL),
        (ACTUATOR, '{"status": "OUT_OF_SERVICE"}', 200, FAIL),
        (ACTUATOR, '{"status": "UNKNOWN"}', 200, WARN),
        (ACTUATOR, '{"status": "UP"}', 503, FAIL),
        (JSON, '{"status": "DOWN"}', 200, FAIL),
        (JSON, '{"status": "UP"}', 200, PASS),
        (JSON, '{"status": "error"}', 200, PASS),
        (JSON, '{"status": "shipped", "order": 9}', 200, PASS),
        ("text/plain", "[+]ping ok\n[-]etcd failed: reason withheld\n", 200, PASS),
        ("text/plain", "[+]ping ok\n[-]etcd failed: reason withheld\n", 500, FAIL),
    ],
)
def test_worse_of_status_and_body(media: str, body: str, status: int, outcome: Outcome) -> None:
    assert judge(media, body.encode(), status, Expect())[0] is outcome


@pytest.mark.parametrize(
    ("media", "body", "status", "words"),
    [
        (
            ACTUATOR,
            '{"status":"DOWN","components":{"db":{"status":"DOWN"},"disk":{"status":"UP"}}}',
            200,
            "the health document says DOWN: db",
        ),
        (
            HEALTH,
            '{"status":"warn","output":"disk 91 %","checks":{"disk:used":[{"status":"warn"}]}}',
            200,
            "the health document says warn: disk:used (disk 91 %)",
        ),
        ("text/plain", "[-]etcd failed\n[-]log failed\n[+]ping ok", 500, "HTTP 500, failed: etcd, log"),
        ("text/plain", "[-]etcd failed\n[+]ping ok", 200, "failed: etcd"),
        ("text/plain", "\n upstream reset\nmore", 503, 'HTTP 503: "upstream reset"'),
        ("text/html", "<p>", 404, "HTTP 404"),
        (ACTUATOR, '{"status":"DOWN"}', 503, "HTTP 503; the health document says DOWN"),
    ],
)
def test_the_line_names_what_failed(media: str, body: str, status: int, words: str) -> None:
    assert judge(media, body.encode(), status, Expect())[2] == words


def test_many_failed_parts_are_counted_not_listed() -> None:
    body = "\n".join(f"[-]part-{n} failed" for n in range(9))
    assert judge("text/plain", body.encode(), 500, Expect())[2].endswith("part-4 and 4 more")


@pytest.mark.parametrize(
    ("status", "accepted", "outcome", "words"),
    [
        (200, (), PASS, ""),
        (299, (), PASS, ""),
        (301, (), FAIL, "HTTP 301 Moved"),
        (301, (301,), PASS, ""),
        (401, (200, 401), PASS, ""),
        (204, (200, 401), FAIL, "HTTP 204 Moved, expected 200 or 401"),
    ],
)
def test_expected_statuses(status: int, accepted: tuple[int, ...], outcome: Outcome, words: str) -> None:
    found = judge("text/plain", b"", status, Expect(status=accepted), phrase="Moved")
    assert (found[0], found[2]) == (outcome, words)


DOCUMENT = {
    "db": "up",
    "queue": {"depth": 3, "nodes": [{"state": "ok"}, {"state": "lost"}], "kafka.lag": 7},
    "flag": True,
    "one": 1,
    "none": None,
    "half": 0.5,
}


@pytest.mark.parametrize(
    ("path", "wanted", "words"),
    [
        ("db", "up", ""),
        ("queue.depth", 3, ""),
        ("queue.depth", 3.0, ""),
        ("queue.nodes.0.state", "ok", ""),
        ("queue.kafka.lag", 7, ""),
        ("flag", True, ""),
        ("none", None, ""),
        ("half", 0.5, ""),
        ("db", "down", 'db is "up", expected "down"'),
        ("one", True, "one is 1, expected true"),
        ("flag", 1, "flag is true, expected 1"),
        ("queue.depth", "3", 'queue.depth is 3, expected "3"'),
        ("queue", "up", 'queue is an object, expected "up"'),
        ("queue.nodes", 2, "queue.nodes is a list, expected 2"),
        ("queue.nodes.2.state", "ok", "queue.nodes.2.state is missing"),
        ("queue.nodes.-1.state", "ok", "queue.nodes.-1.state is missing"),
        ("queue.nodes.x", "ok", "queue.nodes.x is missing"),
        ("db.deeper", "ok", "db.deeper is missing"),
        ("", "ok", " is missing"),
    ],
)
def test_json_conditions(path: str, wanted: str | int | float | bool | None, words: str) -> None:
    body = json.dumps(DOCUMENT).encode()
    outcome, reason, said = judge("text/plain", body, 200, Expect(json=((path, wanted),)))
    assert said == words
    assert (outcome, reason) == ((FAIL, Reason.BODY) if words else (PASS, Reason.OK))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("NaN", "db is missing"),
        ('{"db": NaN}', 'db is nan, expected "up"'),
        ('{"db": 1e999}', 'db is inf, expected "up"'),
        ('{"db": ' + "9" * 60_000 + "}", 'db is inf, expected "up"'),
        ('{"db": ' + "9" * 3_000 + "}", 'db is a very large number, expected "up"'),
        ("[" * 60_000, "the body is not JSON"),
        ('{"db":' * 10_000, "the body is not JSON"),
        ("[" * LIMIT, "the body is not JSON, or longer than 64 kB"),
        ('{"db": "up"', "the body is not JSON"),
        ("", "the body is not JSON"),
        ('\ufeff{"db": "up"}', ""),
    ],
)
def test_hostile_json(body: str, words: str) -> None:
    assert judge(JSON, body.encode(), 200, Expect(json=(("db", "up"),)))[2] == words


@pytest.mark.parametrize(
    ("media", "body", "found"),
    [
        ("text/plain", b"all systems go", True),
        ("text/plain", b"no", False),
        ("text/plain", b"\xff\xfe all systems go \x80", True),
        ("text/plain; charset=utf-16", "all systems go".encode("utf-16"), True),
        ("text/plain; charset=punycode", b"all systems go", True),
        ('text/plain; charset="no such codec"', b"all systems go", True),
    ],
)
def test_text_condition(media: str, body: bytes, found: bool) -> None:
    outcome, _, words = judge(media, body, 200, Expect(text="systems go"))
    assert outcome is (PASS if found else FAIL)
    assert words == ("" if found else 'the body does not contain "systems go"')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
)
medias = st.sampled_from([HEALTH, ACTUATOR, JSON, "text/plain", ""]) | st.text(max_size=40)
conditions = st.lists(
    st.tuples(st.text(alphabet="ab.01-", max_size=8), st.text() | st.integers() | st.floats() | st.none()),
    max_size=3,
).map(tuple)


@given(
    media=medias,
    body=st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()),
    status=st.integers(100, 999),
    json_conditions=conditions,
    text=st.none() | st.text(max_size=5),
)
def test_no_body_raises_and_a_bad_status_never_passes(
    media: str,
    body: bytes,
    status: int,
    json_conditions: tuple[tuple[str, str | int | float | None], ...],
    text: str | None,
) -> None:
    outcome, reason, words = judge(media, body, status, Expect(json=json_conditions, text=text))
    assert outcome in (PASS, WARN, FAIL)
    assert (outcome is PASS) == (reason is Reason.OK)
    assert words or outcome is PASS
    if not 200 <= status < 300:
        assert (outcome, reason) == (FAIL, Reason.STATUS)


@given(
    value=json_values, keys=st.lists(st.text(alphabet="ab.", min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_whatever_is_put_at_a_path_is_found_there(value: object, keys: list[str]) -> None:
    document = value
    for key in reversed(keys):
        document = {key: document}
    assert find(document, ".".join(keys)) is value


@given(
    word=st.sampled_from(["pass", "warn", "fail", "UP", "DOWN", "UNKNOWN"]),
    status=st.sampled_from([200, 204, 500, 503]),
)
def test_adding_a_health_document_never_makes_it_better(word: str, status: int) -> None:
    rank = [PASS, WARN, FAIL].index
    bare = judge(HEALTH, b"", status, Expect())[0]
    said = judge(HEALTH, json.dumps({"status": word}).encode(), status, Expect())[0]
    assert rank(said) >= rank(bare)
