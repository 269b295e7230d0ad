"""The language of update templates (design 3.5): a small part of Jinja2.

Facts by name, ``if``, ``for`` over the facts that are lists, a few filters. Nothing else is taken, so that
no template can loop for long, grow without end, or reach past the facts it is given.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

from data.update_facts import Inside, Outside

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

    Loops = tuple[nodes.For, ...]

FILTERS = (
    "upper",
    "lower",
    "capitalize",
    "title",
    "trim",
    "default",
    "d",
    "join",
    "length",
    "count",
    "truncate",
)
TESTS = ("defined", "undefined", "none")
_LOOPS = 2  # inside each other
_KNOWN = "a template has facts in {{ }}, {% if %}, {% for %} and filters"
_WORDS = {
    "Assign": "set",
    "AssignBlock": "set",
    "FilterBlock": "filter",
    "FromImport": "import",
    "Scope": "autoescape",
}


@dataclass(frozen=True, slots=True)
class TemplateTrouble:
    """Why a template cannot be filled in: its line, from 1, and a sentence."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"


class _Refusal(Exception):
    """A part of a template that is not taken."""


@cache
def language() -> "Environment":
    """Return Jinja2's sandbox without anything in it but what templates may use."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(  # plain text: nothing reads it as HTML
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def refusal(tree: "nodes.Template", *, external: bool) -> TemplateTrouble | None:
    """Return the first part of a template that is not taken, looked at before anything of it runs."""
    reader, line = _Reader(external), 1
    for node, loops in _walk(tree):
        line = getattr(node, "lineno", None) or line  # some parts have none: they follow what has one
        try:
            reader.look(node, loops)
        except _Refusal as found:
            return TemplateTrouble(line, str(found))
    return None


class _Reader:
    """Knows what an audience inside or outside the company may be told."""

    def __init__(self, external: bool) -> None:
        kind = Outside if external else Inside
        self._facts = tuple(item.name for item in fields(kind))
        self._lists = {item.name for item in fields(kind) if item.type == tuple[str, ...]}
        self._withheld = {item.name for item in fields(Inside)}.difference(self._facts)

    def look(self, node: "nodes.Node", loops: "Loops") -> None:
        """Look at one part, inside some loops. Raises _Refusal."""
        from jinja2 import nodes

        match node:
            case nodes.Name(ctx="load"):
                self._named(node.name, loops)
            case nodes.Getattr(node=nodes.Name(name="loop"), attr="first" | "last" | "index") if loops:
                pass
            case nodes.Call():
                name = getattr(node.node, "name", "") or getattr(node.node, "attr", "this")
                raise _Refusal(f"{name}(…) cannot be called: {_KNOWN}")
            case nodes.Getattr() | nodes.Getitem():
                raise _Refusal("a fact has no parts: write its name alone, like {{ title }}")
            case nodes.For():
                self._loop(node, loops)
            case nodes.Filter():
                self._filter(node)
            case nodes.BinExpr() if not isinstance(node, nodes.And | nodes.Or):
                raise _Refusal(f"{node.operator or 'arithmetic'} is not known here: {_KNOWN}")
            case _ if not isinstance(node, _taken()):
                name = type(node).__name__
                raise _Refusal(f"{_WORDS.get(name, name.lower())} is not known here: {_KNOWN}")

    def _named(self, name: str, loops: "Loops") -> None:
        of_loop = any(getattr(loop.target, "name", "") == name for loop in loops)
        if name in self._facts or of_loop:
            return
        if name in self._withheld:
            raise _Refusal(f"{name} is not told outside the company")
        near = difflib.get_close_matches(name[:40], self._facts, n=1, cutoff=0.7)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self._facts)}"
        raise _Refusal(f"there is no fact {name[:40]}: {hint}")

    def _loop(self, node: "nodes.For", loops: "Loops") -> None:
        self._is_list("for", node.iter, loops)
        if not hasattr(node.target, "name") or node.recursive:
            raise _Refusal("for takes one name: {% for name in services %}")
        if len(loops) >= _LOOPS:
            raise _Refusal(f"at most {_LOOPS} loops may stand inside each other")

    def _filter(self, node: "nodes.Filter") -> None:
        from jinja2 import nodes

        if node.name not in FILTERS:
            raise _Refusal(f"there is no filter {node.name[:40]}: there are {', '.join(FILTERS)}")
        if node.name == "join":  # a text joined with itself would grow with every step
            self._is_list("join", node.node, ())
        if node.name == "truncate" and not all(isinstance(item, nodes.Const) for item in node.args):
            raise _Refusal("truncate takes a number, like truncate(80)")

    def _is_list(self, word: str, node: "nodes.Node | None", loops: "Loops") -> None:
        name = getattr(node, "name", "")
        if isinstance(name, str) and name in self._withheld:
            self._named(name, loops)
        if name not in self._lists:
            raise _Refusal(
                f"{word} takes a list of facts: {', '.join(sorted(self._lists)) or 'none is here'}"
            )


@cache
def _taken() -> "tuple[type[nodes.Node], ...]":
    """Return the parts that are taken wherever they stand."""
    from jinja2 import nodes

    texts = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Concat)
    choices = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not)
    return (*texts, *choices, nodes.Test, nodes.List, nodes.Tuple)


def _walk(node: "nodes.Node", loops: "Loops" = ()) -> "Iterator[tuple[nodes.Node, Loops]]":
    """Yield every part of a template with the loops it stands in."""
    from jinja2 import nodes

    yield node, loops
    if isinstance(node, nodes.Getattr) and getattr(node.node, "name", "") == "loop":
        return
    for name, value in node.iter_fields():
        inside = loops
        if isinstance(node, nodes.For) and name in ("body", "test"):
            inside = (*loops, node)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, nodes.Node):
                yield from _walk(child, inside)
