"""What applying a configuration would change, before anything does (design 10)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data.configuration.differences import differences
from data.configuration.model import Configuration, ConfigurationError, Key, Problem, problem
from data.configuration.references import references
from data.configuration.values import quoted
from data.defaults import defaults
from data.domain.codec import decode, encode
from data.domain.room import SPECS, Definition, Kind, Origin

# A ladder or a set of audiences is one thought: half the guide's and half the file's would be neither.
_REPLACED_AS_A_WHOLE = (Kind.LEVEL, Kind.AUDIENCE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write and what to retire; ``lines`` says it to a person."""

    upserts: tuple[Definition, ...] = ()
    retires: tuple[Definition, ...] = ()
    before: tuple[Definition, ...] = ()  # what the upserts replace
    moved: frozenset[Kind] = frozenset()  # kinds whose entries stand in another order than before

    def lines(self) -> list[str]:
        """Return what changes, a line each, ``+`` new, ``~`` changed, ``-`` gone; none when nothing does."""
        was = {_key(item): item for item in self.before}
        told = [(item.kind, 1, item.position, f"- {_named(item)}") for item in self.retires]
        silent: set[Kind] = set()
        for item in self.upserts:
            old = was.get(_key(item))
            if old is None:
                told.append((item.kind, 0, item.position, f"+ {_named(item)}"))
            elif changes := _changes(old, item):
                told.append((item.kind, 0, item.position, f"~ {_named(item)}: {', '.join(changes)}"))
            else:
                silent.add(item.kind)
        told += [(kind, 2, 0, f"~ order of the {kind} entries") for kind in silent & self.moved]
        order = list(Kind)
        told.sort(key=lambda entry: (order.index(entry[0]), *entry[1:3]))
        return [line for *_, line in told]


def plan(current: Sequence[Definition], wanted: Configuration) -> Plan:
    """Return what makes the room as ``wanted`` says; ``current`` is what is in use now, of every origin.

    What the file owned and no longer names is retired. Defaults fill in where neither file nor console
    says anything; levels and audiences are replaced as a whole (design 10). An empty configuration
    gives the defaults. Raises ConfigurationError for an id that file and console both made, and for
    what the console still uses but the file no longer has.
    """
    by_hand = {_key(item): item for item in current if item.origin is Origin.CONSOLE}
    written = {_key(item): item for item in wanted.definitions if item.origin is Origin.FILE}
    problems = [_made_twice(wanted, key) for key in written if key in by_hand]
    target = by_hand | written
    replaced = {kind for kind, _ in written if kind in _REPLACED_AS_A_WHOLE}
    for item in defaults().definitions:
        if item.kind not in replaced:
            target.setdefault(_key(item), item)
    now = {_key(item): item for item in current}
    upserts = tuple(item for key, item in target.items() if key not in now or not _same(now[key], item))
    retires = tuple(item for key, item in now.items() if key not in target)
    problems += _left_behind(wanted, by_hand.values(), {_key(item) for item in retires})
    if problems:
        raise ConfigurationError(problems)
    before = tuple(now[_key(item)] for item in upserts if _key(item) in now)
    return Plan(upserts, retires, before, frozenset(_moved(now, target)))


def _moved(now: Mapping[Key, Definition], target: Mapping[Key, Definition]) -> Iterator[Kind]:
    """Yield the kinds whose entries changed places; one that only makes room for a new one did not."""
    stay = now.keys() & target.keys()
    for kind in Kind:
        was, will = (
            sorted((items[key].position, key) for key in stay if key[0] is kind) for items in (now, target)
        )
        if [key for _, key in was] != [key for _, key in will]:
            yield kind


def _key(item: Definition) -> Key:
    return item.kind, item.id


def _same(one: Definition, other: Definition) -> bool:
    """Compare what definitions mean: an older program may have stored fewer fields."""
    return replace(one, spec={}) == replace(other, spec={}) and _canonical(one) == _canonical(other)


def _canonical(item: Definition) -> str:
    # As text, because to Python true and 1 are equal and to a health document they are not.
    return json.dumps(encode(_thing(item)), sort_keys=True)


def _thing(item: Definition) -> object:
    return decode(SPECS[item.kind], item.spec)


def _changes(old: Definition, new: Definition) -> list[str]:
    changes = differences(_thing(old), _thing(new))
    if old.origin is not new.origin:
        changes.append("the file's now" if new.origin is Origin.FILE else f"the {new.origin} again")
    return changes


def _named(item: Definition) -> str:
    name = item.kind.value if item.kind is Kind.ROOM else f"{item.kind} {item.id}"
    return f"{name} (default)" if item.origin is Origin.DEFAULT else name


def _made_twice(wanted: Configuration, key: Key) -> Problem:
    kind, name = key
    words = "the room was also set up in the console" if kind is Kind.ROOM else ""
    own = wanted.files.get(name, "") if kind is Kind.RUNBOOK else ""
    return problem(
        own or wanted.file,
        wanted.lines.get(key, 0),
        "",
        words or f"the {kind} {quoted(name)} was also made in the console",
        "take it out of the file, or remove it in the console",
    )


def _left_behind(wanted: Configuration, by_hand: Iterable[Definition], gone: set[Key]) -> Iterator[Problem]:
    for item in by_hand:
        for found in references(item.kind, item.spec):
            if found.required and (found.kind, found.id) in gone:
                message = (
                    f"the {found.kind} {quoted(found.id)} is no longer here, but the {item.kind}"
                    f" {quoted(item.id)} made in the console needs it"
                )
                yield problem(
                    wanted.file, 0, "", message, "keep it, or change the other in the console first"
                )
