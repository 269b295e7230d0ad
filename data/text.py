"""The one cleaner of outside text (design 8): what passes here can be stored, drawn and printed.

Three guarantees for whatever comes in, and none of these functions ever raises: no character
that a terminal obeys or a reader cannot see, no more text than asked for, always encodable
as UTF-8. All are idempotent, so a boundary may clean again what another one cleaned.
Markup is left alone: whether ``[b]`` means anything is decided where text is drawn.
"""

import codecs
import re
import unicodedata

REPLACEMENT = "\ufffd"
ELLIPSIS = "…"
# One cell wide, in common terminal fonts, and without an emoji form that some terminals draw two cells wide.
NEWLINE_MARK = "⏎"
TAB_MARK = "⇥"

TAB_WIDTH = 4
# Living scripts stack at most four marks on a letter; the rest is drawn over its neighbours.
MARKS = 4

_ALWAYS_FORBIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL and C1 controls: the terminal obeys them
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, bidi marks, zero-width space
    "\u202a-\u202e\u2060-\u206f"  # bidi embeddings, overrides, isolates; invisible operators
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # blank fillers, BOM, interlinear annotation
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # invisible shorthand and music controls
    "\ud800-\udfff"  # lone surrogates: no UTF-8 for them
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters, here and at the end of every plane
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "\U000e0000-\U000e0fff"  # tags and further selectors: they smuggle invisible text
)
_FORBIDDEN = re.compile(f"[{_ALWAYS_FORBIDDEN}]")
_NEWLINE = re.compile("\r\n|[\r\n\u2028\u2029]")
_LINE_ENDS = ("\n", "\r", "\u2028", "\u2029")
# Marks are neither word characters nor below U+0300: this finds every run of them, and little else.
_MAYBE_MARKS = re.compile(rf"[^\w\x00-\u02ff]{{{MARKS + 1},}}")
_JOINERS = "\u200c\u200d"
_NOT_AT_A_CUT = " \n\u200d"  # a joiner would swallow the mark that says something is missing
_NOTICE_ROOM = 80  # characters kept free for the line that says how much was cut


def clean_line(text: str, limit: int = 200) -> str:
    """Return ``text`` fit for a one-line field, at most ``limit`` characters (design 8).

    Blanks at both ends go. A newline inside shows as ``⏎``, a tab as ``⇥``; forbidden characters
    become U+FFFD; what is longer ends in ``…``.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text.strip(" ")
    if limit < 1:
        return ""
    text = text.strip(" \t\r\n")
    # Twice the limit is read, no more: a megabyte in one line must cost nothing.
    shown = _NEWLINE.sub(NEWLINE_MARK, text[: 2 * limit]).replace("\t", TAB_MARK)
    shown = _capped(_FORBIDDEN.sub(REPLACEMENT, shown))
    if len(shown) > limit or len(text) > 2 * limit:
        return shown[: limit - 1].rstrip(_NOT_AT_A_CUT) + ELLIPSIS
    return shown


def clean(text: str, limit: int = 20_000, lines: int = 500) -> str:
    """Return ``text`` fit for a field of many lines (design 8).

    At most ``limit`` characters and ``lines`` lines remain.
    Every kind of line end becomes ``\\n``, tabs become spaces, forbidden characters U+FFFD. When something
    is cut, the last line says how many lines and characters are missing.
    """
    if limit < 1 or lines < 1:
        return ""
    if text.isascii() and text.replace("\n", "").isprintable():
        shown, length, total = text, len(text), len(text)
    else:
        # Only what may be shown is rewritten: of ten megabytes the rest is counted, no more.
        head = _NEWLINE.sub("\n", text[: 4 * limit])[: 2 * limit]
        shown = _capped(_FORBIDDEN.sub(REPLACEMENT, head.expandtabs(TAB_WIDTH)))
        length = len(text) - text.count("\r\n")
        total = len(shown) + max(0, length - 2 * limit)
    line_count = _line_count(text)
    if length <= 2 * limit and total <= limit and line_count <= lines:
        return shown
    return _cut(shown, total, line_count, limit, lines)


def decode(data: bytes) -> str:
    """Return the text in ``data``: UTF-8, or UTF-16 where a byte order mark says so; bad bytes become U+FFFD.

    The result is not clean yet.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def _line_count(text: str) -> int:
    """Count lines, however they end; a line end at the very end does not begin another one."""
    ends = sum(map(text.count, _LINE_ENDS)) - text.count("\r\n")
    return ends + (not text.endswith(_LINE_ENDS))


def _cut(shown: str, total: int, line_count: int, limit: int, lines: int) -> str:
    """Shorten clean text and say by how much."""
    if limit <= _NOTICE_ROOM:
        head = "\n".join(shown[:limit].split("\n", lines)[:lines])
        return head[: limit - 1].rstrip(_NOT_AT_A_CUT) + ELLIPSIS
    head = "\n".join(shown[: limit - _NOTICE_ROOM].split("\n", lines)[: max(1, lines - 1)])
    head = head.rstrip(_NOT_AT_A_CUT)
    missing_lines = line_count - _line_count(head)
    missing = f"{total - len(head)} more characters"
    if missing_lines > 0:
        missing = f"{missing_lines} more lines, {missing}"
    notice = f"{ELLIPSIS} {missing}"
    if not head:
        return notice
    return f"{head}\n{notice}" if lines > 1 else f"{head} {notice}"


def _capped(text: str) -> str:
    """Drop combining marks and joiners beyond ``MARKS`` in a row."""
    return text if text.isascii() else _MAYBE_MARKS.sub(_cap_run, text)


def _cap_run(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        is_mark = character in _JOINERS or unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)
