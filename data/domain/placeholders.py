"""What a command leaves open: `$POD`, `${NAME}`, `<name>` and `{{x}}`, found and filled in (design 3.8).

The shell's own variables, those a command sets itself and whatever its quotes protect stay as they are.
A value is quoted for the place it comes to, so it stays one word and never becomes another command.
"""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from data.domain.shell_text import Around, around

LONGEST = 2_000  # characters of a value
_BRACES = re.compile(r"\{\{\s*(?:\$labels\.)?([A-Za-z_][\w-]{0,60})\s*\}\}")
_ANGLES = re.compile(r"(?<![<>])<([A-Za-z](?:[\w .,:/|'-]{0,60}\w)?)>(?![>&(])")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(\}|[^}]*\}?))")
_ASSIGNED = re.compile(
    r"(?:^|(?<=[\s;&|(]))(?:([A-Za-z_]\w*)\+?="
    r"|(?:for|select|getopts\s+\S+|mapfile(?:\s+-\w)*|printf\s+-v)\s+([A-Za-z_]\w*))",
    re.MULTILINE,
)
_READ = re.compile(r"(?:^|(?<=[\s;&|(]))read((?:\s+-?\w+)+)")
_DEFAULTED = re.compile(r":?[-=+?]")
_TEMPLATES = "end else break continue nil true false range if with block define template"
_SHELLS = """
HOME PATH PWD OLDPWD USER LOGNAME UID EUID PPID SHELL SHLVL HOSTNAME HOSTTYPE OSTYPE MACHTYPE LANG TERM TMPDIR
EDITOR VISUAL PAGER MAIL DISPLAY IFS PS1 PS2 PS3 PS4 OPTARG OPTIND OPTERR RANDOM SECONDS LINENO REPLY COLUMNS
LINES FUNCNAME PIPESTATUS GROUPS DIRSTACK EPOCHSECONDS EPOCHREALTIME BASH BASHPID BASH_VERSION BASH_SOURCE
BASH_REMATCH ZSH_VERSION
"""
_KEYWORDS = frozenset(_TEMPLATES.split())
_OWN = frozenset(_SHELLS.split())
_SECRET = re.compile(r"passw|passphrase|secret|token|api[_ -]?key|credential|private[_ -]?key", re.IGNORECASE)
_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Blank:
    """Something a command asks for; a secret one is handed over beside the command, never written in it."""

    name: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A command as it will run, and what its environment has beside the operator's own."""

    command: str
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Spot:
    start: int
    end: int
    name: str
    place: Around
    variable: bool = False
    simple: bool = True  # a variable that is no more than its value
    asks: bool = True  # False where the shell has another way out: ${NAME:-default}


def is_secret(name: str) -> bool:
    """Tell whether what goes by this name is nothing to be written down."""
    return bool(_SECRET.search(name))


def blanks(command: str, known: Collection[str] = ()) -> tuple[Blank, ...]:
    """Return what a command asks for, in its order; ``known`` are the variables its shell will have."""
    spots = _spots(command, known)
    return tuple(Blank(name, is_secret(name)) for name in dict.fromkeys(spot.name for spot in spots))


def fill(command: str, values: Mapping[str, str], known: Collection[str] = ()) -> Filled:
    """Return the command with every blank filled in.

    Raises ValueError with a sentence where a value is missing, holds what nobody can see, or does not fit.
    """
    spots = _spots(command, known)
    for name in dict.fromkeys(spot.name for spot in spots):
        _check(name, values.get(name, ""))
    # a variable the command does more with than take its value is set, not written in
    kept = {spot.name for spot in spots if spot.variable and not (spot.simple and _fits(spot.place))}
    environ: dict[str, str] = {}
    told: list[str] = []
    at = 0
    for spot in spots:
        value = values[spot.name]
        told.append(command[at : spot.start])
        at = spot.end
        if is_secret(spot.name):
            variable = spot.name if spot.variable else _variable(spot.name)
            environ[variable] = value
            told.append(command[spot.start : at] if spot.variable else _hidden(variable, spot.place))
        elif spot.name in kept and spot.variable:
            told.append(command[spot.start : at])
        else:
            told.append(_quoted(spot, value))
    lines = [f"export {name}={shlex.quote(values[name])}\n" for name in sorted(kept) if not is_secret(name)]
    return Filled("".join([*lines, *told, command[at:]]), environ)


def _check(name: str, value: str) -> None:
    if not value:
        raise ValueError(f"{name} is still empty")
    if not value.isprintable():
        raise ValueError(f"{name} holds characters that cannot be seen")
    if len(value) > LONGEST:
        raise ValueError(f"{name} is longer than {LONGEST} characters")


def _fits(place: Around) -> bool:
    return place in (Around.BARE, Around.DOUBLE)


def _quoted(spot: _Spot, value: str) -> str:
    """Return a value as it has to be written in its place. Raises ValueError where it cannot be."""
    if _PLAIN.fullmatch(value):
        return value
    if spot.place is Around.BARE:
        return shlex.quote(value)
    if spot.place is Around.DOUBLE:
        return re.sub(r'([\\"$`])', r"\\\1", value)
    if spot.place is Around.SINGLE:
        return value.replace("'", "'\"'\"'")
    raise ValueError(f"{spot.name} stands where only letters, digits and @%+=:,./- can be put safely")


def _variable(name: str) -> str:
    return "WARROOM_" + re.sub(r"\W+", "_", name, flags=re.ASCII).upper()


def _hidden(variable: str, place: Around) -> str:
    reference = f"${{{variable}}}"
    return {Around.BARE: f'"{reference}"', Around.SINGLE: f"'\"{reference}\"'"}.get(place, reference)


def _spots(command: str, known: Collection[str]) -> list[_Spot]:
    """Return every place of every blank, in order."""
    marks = around(command)
    written = [*_written(command, marks)]
    own = _OWN | set(known) | _assigned(command)
    taken = [(spot.start, spot.end) for spot in written]
    found = []
    for match in _VARIABLE.finditer(command):
        name, place = match[1] or match[2], marks[match.start()]
        if name in own or place in (Around.ESCAPED, Around.COMMENT):
            continue
        if any(start <= match.start() < end for start, end in taken):
            continue
        if place is Around.SINGLE and not _reaches(command, match.start()):
            continue
        more = (match[3] or "}").removesuffix("}")
        end = match.end() if not more else match.start() + 1
        found.append(_Spot(match.start(), end, name, place, True, not more, not _DEFAULTED.match(more)))
    asked = {spot.name for spot in found if spot.asks}
    return sorted(
        [*written, *(spot for spot in found if spot.name in asked)], key=lambda spot: (spot.start, spot.end)
    )


def _reaches(command: str, at: int) -> bool:
    """Tell whether single quotes hold a command for another shell: sh -c '… $POD …'."""
    opened = command.rfind("'", 0, at)
    return bool(re.search(r"\b(?:ba|z|da|k)?sh\s+(?:-\w+\s+)*-\w*c\s*$", command[: max(0, opened)]))


def _written(command: str, marks: list[Around]) -> Iterator[_Spot]:
    """Yield the blanks that are no variables: <name> and {{name}}."""
    for match in _BRACES.finditer(command):
        if match[1] not in _KEYWORDS and marks[match.start()] not in (Around.ESCAPED, Around.COMMENT):
            yield _Spot(match.start(), match.end(), match[1], marks[match.start()])
    for match in _ANGLES.finditer(command):
        place = marks[match.start()]
        if place in (Around.ESCAPED, Around.COMMENT) or f"</{match[1].split()[0]}>" in command:
            continue
        if place is Around.BARE and _redirects(command, match.start(), match.end()):
            continue
        yield _Spot(match.start(), match.end(), match[1], place)


def _redirects(command: str, start: int, end: int) -> bool:
    """Tell whether <in>out reads one file and writes another."""
    before, after = command[start - 1 : start], command[end : end + 5]
    if before and not before.isspace() and not before.isdigit():
        return False
    return bool(re.match(r"[\w~$]|/dev/", after))


def _assigned(command: str) -> set[str]:
    """Return the variables a command sets itself."""
    found = {match[1] or match[2] for match in _ASSIGNED.finditer(command)}
    for match in _READ.finditer(command):
        found.update(word for word in match[1].split() if not word.startswith("-"))
    return found
