"""What is asked everywhere: which store, who is asking, and in which form the answer is wanted."""

import os
from dataclasses import dataclass, field

from console.cli.failures import usage


@dataclass(frozen=True, slots=True)
class Options:
    """The common options of one run, each from the verb, else from before it, else from the environment."""

    store: str  # a path or a URL
    named: bool  # somebody named the store: it is not made when missing
    operator: str
    json: bool


@dataclass(slots=True)
class Given:
    """The common options as typed in one place; None where they were not."""

    store: str | None = None
    operator: str | None = None
    json: bool = False


@dataclass(slots=True)
class Run:
    """One run of the program: what was given before the verb, and whether failures are told in JSON."""

    before: Given = field(default_factory=Given)
    json: bool = False


def resolve(state: Run, given: Given) -> Options:
    """Return the common options: the verb's, else those before it, the environment's, the default."""
    from console.identity import default_store, operator

    before = state.before
    state.json = given.json or before.json
    store = before.store if given.store is None else given.store
    name = before.operator if given.operator is None else given.operator
    if store is not None and not store.strip():
        raise usage("--store is empty", "give a path or a URL")
    if name is not None and not name.strip():
        raise usage("--as is empty", "give a name")
    where = store or os.environ.get("WARROOM_STORE", "")
    try:
        who = operator(name)
    except ValueError as error:
        raise usage(str(error), "name yourself: --as NAME") from None
    return Options(where or str(default_store()), bool(where), who, state.json)
