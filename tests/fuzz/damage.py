"""Good files and answers that were cut, repeated, mixed up, and mixed with what nobody expects."""

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.hostile import TEXTS

_HOSTILE = [text.encode("utf-8", "surrogatepass") for text in TEXTS if len(text) < 300]
TOKENS: tuple[bytes, ...] = (
    *_HOSTILE,
    *(
        b"\0",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\r",
        b"\n",
        b"\r\n",
        b"\x85",
        b"\xe2\x80\xa8",
        b"\xef\xbb\xbf",
    ),
    *(b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b":", b";", b"=", b"#", b"-", b"|", b"`", b"\t", b" "),
    *(
        b"\\u0000",
        b"\\ud800",
        b"\\u202e",
        b"\\u001b[2J",
        b"null",
        b"true",
        b"-0",
        b"1e999",
        b"NaN",
        b"Infinity",
    ),
    *(b"9" * 30, b"9" * 5_000, b"-1", b"0", b"2147483648", b"9223372036854775808", b"0.1", b"1e-320"),
    *(
        b"[" * 400,
        b"[" * 3_000,
        b"{" * 400,
        b'{"a":' * 400,
        b'{"a":' * 3_000,
        b"]" * 400,
        b"(" * 400,
        b"x" * 5_000,
    ),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-11-24T13:46:11Z", b"2026-02-30"),
    *(
        b"0001-01-01T00:00:00Z",
        b"9999-12-31T23:59:59Z",
        b"24:00",
        b"99999999999d",
        b"1h",
        b"1ms",
        b"\xd9\xa3",
    ),
    *(b"../../../etc/passwd", b"/dev/zero", b"file:/etc/shadow", b"env:HOME", b"https://[", b"http://\x00/"),
)
"""What is put into good bytes."""


@st.composite
def _edits(draw: st.DrawFn) -> list[tuple[int, float, int, float, bytes]]:
    """Draw what is done where: places are shares of the whole, so that they fit bytes of any length."""
    token = st.sampled_from(TOKENS) | st.binary(max_size=12)
    share = st.floats(0, 1, allow_subnormal=False)
    edit = st.tuples(st.integers(0, 5), share, st.integers(0, 60), share, token)
    return draw(st.lists(edit, min_size=1, max_size=5))


def damaged(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Draw a good one with up to five things done to it, or bytes that were never any good."""
    hurt = st.tuples(st.sampled_from(seeds), _edits()).map(lambda drawn: _hurt(*drawn))
    pieces = st.lists(st.sampled_from(TOKENS), max_size=6).map(b"".join)
    return st.one_of(hurt, hurt, hurt, pieces, st.binary(max_size=60))


def _hurt(data: bytes, edits: list[tuple[int, float, int, float, bytes]]) -> bytes:
    for kind, where, length, elsewhere, token in edits:
        at, other = int(where * len(data)), int(elsewhere * len(data))
        piece = data[at : at + length]
        if kind == 0:  # put something in
            data = data[:at] + token + data[at:]
        elif kind == 1:  # put it in place of something
            data = data[:at] + token + data[at + length :]
        elif kind == 2:  # take out
            data = data[:at] + data[at + length :]
        elif kind == 3:  # repeat elsewhere
            data = data[:other] + piece * 3 + data[other:]
        elif kind == 4:  # a value becomes another: what stands between two marks is replaced
            data = _replaced(data, at, token)
        else:  # lines trade places
            lines = data.split(b"\n")
            one, two = int(where * (len(lines) - 1)), int(elsewhere * (len(lines) - 1))
            lines[one], lines[two] = lines[two], lines[one]
            data = b"\n".join(lines)
    return data


_MARKS = b'":,=;\n[]{}'


def _replaced(data: bytes, at: int, token: bytes) -> bytes:
    begin = end = at
    while begin > 0 and data[begin - 1] not in _MARKS:
        begin -= 1
    while end < len(data) and data[end] not in _MARKS:
        end += 1
    return data[:begin] + token + data[end:]
