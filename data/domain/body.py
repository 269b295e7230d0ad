"""What an HTTP answer says about a service: its status, its health document, the check's conditions.

Pure, and safe on whatever a server sends: nothing here raises, and nothing takes more than linear time.
The lines returned still hold the server's own words; who shows them cleans them (design 8).
"""

import json
from collections.abc import Iterator

from data.domain.check import Expect, Outcome, Reason

LIMIT = 64 * 1024  # bytes of a body that are ever looked at (design 7)

Finding = tuple[Outcome, Reason, str]
Scalar = str | int | float | bool | None

_SHOWN = 5  # names of failed parts in one line
_DIGITS = 4000  # Python refuses to convert longer integers
_DEPTH = 4  # how far down a health document is searched for the part that failed
_HEALTH = ("application/health+json", "application/vnd.spring-boot.actuator")
_SPRING = frozenset({"up", "down", "out_of_service", "unknown"})
_WORDS = {
    "pass": Outcome.PASS,
    "ok": Outcome.PASS,
    "up": Outcome.PASS,
    "warn": Outcome.WARN,
    "unknown": Outcome.WARN,
    "fail": Outcome.FAIL,
    "error": Outcome.FAIL,
    "down": Outcome.FAIL,
    "out_of_service": Outcome.FAIL,
}
_RANK = {Outcome.PASS: 0, Outcome.WARN: 1, Outcome.FAIL: 2}
# The server names the charset: only codecs that are linear and have no side effects.
_CODECS = {"iso-8859-1": "latin-1", "latin1": "latin-1", "windows-1252": "cp1252", "utf-16": "utf-16"}
_ABSENT = object()


def judge(content_type: str, body: bytes, status: int, expect: Expect, *, phrase: str = "") -> Finding:
    """The worst of what status, health document and conditions say, and why (design 3.6, Bodies).

    ``phrase`` is the server's own reason phrase, shown when the status is wrong. Without ``expect.status``
    any 2xx passes. ``application/health+json`` and Spring actuator documents count; a Kubernetes
    ``?verbose`` list only names what failed, its HTTP status decides. Never raises.
    """
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    text = _decode(body, parameters)
    findings = [_status(status, expect, phrase, media, text)]
    wants_json = bool(expect.json) or media == "application/json" or media.startswith(_HEALTH)
    document = _parse(text) if wants_json else _ABSENT
    if (verdict := _health(media, document)) is not None:
        findings.append(verdict)
    findings += _conditions(document, expect, cut=len(body) >= LIMIT)
    if expect.text is not None and expect.text not in text:
        findings.append((Outcome.FAIL, Reason.BODY, f'the body does not contain "{expect.text}"'))
    worst = max(findings, key=lambda finding: _RANK[finding[0]])
    said = [words for outcome, _, words in findings if words and outcome is worst[0]]
    return worst[0], worst[1], "; ".join(said)


def _status(status: int, expect: Expect, phrase: str, media: str, text: str) -> Finding:
    accepted = status in expect.status if expect.status else 200 <= status < 300
    failed = _names(_kubernetes(text)) if media in ("", "text/plain") else ""
    if accepted:
        return Outcome.PASS, Reason.OK, f"failed: {failed}" if failed else ""
    words = f"HTTP {status} {phrase[:120]}".rstrip()
    if expect.status:
        words += f", expected {' or '.join(map(str, expect.status))}"
    if failed:
        words += f", failed: {failed}"
    elif media == "text/plain" and (line := _first_line(text)):
        words += f': "{line}"'
    return Outcome.FAIL, Reason.STATUS, words


def _health(media: str, document: object) -> Finding | None:
    """The verdict of a health document; None where the body is none and the HTTP status stands alone."""
    if not isinstance(document, dict) or not isinstance(word := document.get("status"), str):
        return None
    if not media.startswith(_HEALTH) and (media != "application/json" or word.lower() not in _SPRING):
        return None
    outcome = _WORDS.get(word.lower(), Outcome.WARN)
    if outcome is Outcome.PASS:
        return outcome, Reason.OK, ""
    words = f"the health document says {word[:40]}"
    if culprits := _names(_parts(document, outcome)):
        words += f": {culprits}"
    if isinstance(output := document.get("output"), str) and output:
        words += f" ({output[:80]})"
    return outcome, Reason.BODY, words


def _parts(document: dict[str, object], outcome: Outcome, depth: int = _DEPTH) -> Iterator[str]:
    """Names of the parts that are as bad as the whole, in Spring's shapes and in health+json's."""
    for key in ("components", "details", "checks"):
        parts = document.get(key)
        if not isinstance(parts, dict) or not depth:
            continue
        for name, part in parts.items():
            for entry in part if isinstance(part, list) else [part]:
                if isinstance(entry, dict) and isinstance(word := entry.get("status"), str):
                    if _WORDS.get(word.lower()) is outcome:
                        yield name
                        break
                    yield from _parts(entry, outcome, depth - 1)


def _kubernetes(text: str) -> Iterator[str]:
    """Names behind ``[-]`` in a Kubernetes ``?verbose`` list."""
    if "[-]" not in text:
        return
    for line in text.splitlines():
        if line.startswith("[-]") and (words := line[3:].split(maxsplit=1)):
            yield words[0]


def _names(names: Iterator[str]) -> str:
    found = list(dict.fromkeys(name[:40] for name in names))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _conditions(document: object, expect: Expect, *, cut: bool) -> Iterator[Finding]:
    if expect.json and document is _ABSENT:
        size = ", or longer than 64 kB" if cut else ""
        yield Outcome.FAIL, Reason.BODY, f"the body is not JSON{size}"
        return
    for path, wanted in expect.json:
        value = find(document, path)
        if value is _ABSENT:
            yield Outcome.FAIL, Reason.BODY, f"{path} is missing"
        elif not _same(value, wanted):
            yield Outcome.FAIL, Reason.BODY, f"{path} is {_show(value)}, expected {_show(wanted)}"


def find(document: object, path: str) -> object:
    """The value at a dotted path ("db.nodes.0.state"); keys that hold dots are found too."""
    if isinstance(document, dict):
        if path in document:
            return document[path]
        cut = path.find(".")
        while cut >= 0:
            head, rest = path[:cut], path[cut + 1 :]
            if head in document and (value := find(document[head], rest)) is not _ABSENT:
                return value
            cut = path.find(".", cut + 1)
    elif isinstance(document, list):
        head, _, rest = path.partition(".")
        if head.isascii() and head.isdigit() and len(head) < 9 and int(head) < len(document):
            return find(document[int(head)], rest) if rest else document[int(head)]
    return _ABSENT


def _same(value: object, wanted: Scalar) -> bool:
    # In Python true equals 1; on the wire it does not.
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return value == wanted


def _show(value: object) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return f'"{value[:60]}"'
        case bool() | None:
            return json.dumps(value)
        case int() if value.bit_length() > 64:
            return "a very large number"
        case _:
            return str(value)


def _parse(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _ABSENT


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _decode(body: bytes, parameters: str) -> str:
    _, _, charset = parameters.lower().partition("charset=")
    codec = _CODECS.get(charset.partition(";")[0].strip(' "'), "utf-8-sig")
    return body.decode(codec, "replace")


def _first_line(text: str) -> str:
    return next((line.strip()[:100] for line in text[:2000].splitlines() if line.strip()), "")


_DECODER = json.JSONDecoder(parse_int=_integer)
