"""What is asked everywhere: which store, who is asking, and in which form the answer is wanted."""

from dataclasses import dataclass


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
