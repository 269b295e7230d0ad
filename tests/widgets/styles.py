"""Work out once what a style sheet says of widgets at the same place: every test makes an app anew.

Textual looks for a widget's styles in the whole sheet, each time. What it finds follows from the sheet and
from the way to the widget: the kinds, names, classes and states of all that it lies in. So one answer holds
for every app.
"""

from typing import Any, NamedTuple, TypeAlias, cast

from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

Key: TypeAlias = tuple[Any, ...]

_parse_rules = Stylesheet._parse_rules
_apply = Stylesheet.apply
_replace_rules = Stylesheet.replace_rules
# By name, as a class holds them.
TEXTUALS = {
    name: Stylesheet.__dict__[name] for name in ("apply", "replace_rules", "_process_component_classes")
}
# What is true of a widget because of its neighbours: nothing is kept for rules that ask for it.
_BESIDE = frozenset(Stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE)
# What is true of every widget of an app at once.
_WIDE = ("dark", "light", "inline", "ansi", "nocolor")
# What says the other states; absent until somebody sets it.
_STATES = {
    "hover": "_reactive_mouse_hover",
    "focus": "_reactive_has_focus",
    "blur": "_reactive_has_focus",
    "disabled": "_reactive_disabled",
    "enabled": "_reactive_disabled",
}


class Sheet(NamedTuple):
    """Rules, by a number that all sheets of the same rules share, and the states that they ask for."""

    number: int
    wide: tuple[str, ...]
    own: tuple[str, ...]
    more: tuple[str, ...]


class Found(NamedTuple):
    """What was found for a place: whether the mouse matters there, and the styles."""

    hover: bool
    rules: RulesMap | None


_RULES: dict[Key, Any] = {}
_SHEETS: dict[Key, Sheet] = {}
_WAYS: dict[Key, int] = {}  # a number for every way to a widget: the way to its parent, and how it is itself
_FOUND: dict[int | tuple[int, str], Found] = {}  # by way, and a widget's parts by way and class
_TAKEN: dict[int, RulesMap] = {}  # by the node that takes its styles just now


def _parsed_once(sheet: Stylesheet, css: str, *where: Any, **how: Any) -> Any:
    """Parse a style sheet for the first app that needs it."""
    key = (css, *where, *how.items(), *sheet._variables.items())
    if key not in _RULES:
        _RULES[key] = _parse_rules(sheet, css, *where, **how)
    return _RULES[key]


def _numbered(sheet: Stylesheet) -> Sheet:
    """Return what is known of a sheet's rules. They are those of _RULES: they stay, and so do their ids."""
    rules = sheet.rules
    known = sheet.__dict__.get("_numbered")
    if known is None or known[0] is not rules:
        key = tuple(map(id, rules))
        if key not in _SHEETS:
            states = sorted({state for rule in rules for state in rule.pseudo_classes} - _BESIDE)
            _SHEETS[key] = Sheet(
                len(_SHEETS),
                tuple(state for state in states if state in _WIDE),
                tuple({_STATES[state]: 0 for state in states if state in _STATES}),
                tuple(state for state in states if state not in _WIDE and state not in _STATES),
            )
        known = sheet.__dict__["_numbered"] = (rules, _SHEETS[key])
    return cast(Sheet, known[1])


def _way(sheet: Sheet, node: DOMNode) -> int:
    """Return a number for all that a node's styles follow from."""
    way = sheet.number
    checks: Any
    for at in node.css_path_nodes:
        checks = at._PSEUDO_CLASSES
        if isinstance(at, Widget):
            has = at.__dict__.get
            states = [has(state, False) for state in sheet.own]
            states += [checks[state](at) for state in sheet.more]
        else:
            states = [check(at) for check in checks.values()]
        key = (way, type(at), at._id, frozenset(at._classes), *states)
        way = _WAYS.setdefault(key, len(_WAYS) + 1_000_000)
    return way


def _applied(sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:
    """Give a node the styles that were found for another one at the same place, or find them."""
    way = _way(_numbered(sheet), node)
    found = _FOUND.get(way)
    if found is None:
        found = _find(sheet, node, way, animate=animate)
    else:
        _take(sheet, node, found, animate=animate)
    _style_parts(sheet, node, way)


def _take(sheet: Stylesheet, node: DOMNode, found: Found, *, animate: bool = False) -> None:
    node._has_hover_style = found.hover
    node._has_focus_within = node._has_order_style = node._has_odd_or_even = False
    if found.rules is not None:
        sheet.replace_rules(node, found.rules, animate=animate)


def _find(sheet: Stylesheet, node: DOMNode, key: int | tuple[int, str], *, animate: bool = False) -> Found:
    """Let Textual find a node's styles, and keep what it found where it holds for others."""
    _TAKEN.pop(id(node), None)
    _apply(sheet, node, animate=animate)
    found = Found(node._has_hover_style, _TAKEN.pop(id(node), None))
    if not (node._has_focus_within or node._has_order_style or node._has_odd_or_even):
        _FOUND[key] = found
    return found


def _noted(node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
    """Give a node its styles, and note which they are."""
    _TAKEN[id(node)] = rules
    _replace_rules(node, rules, animate=animate)


def _style_parts(sheet: Stylesheet, node: DOMNode, way: int) -> None:
    """Style a widget's parts, as Textual does, but leave alone the one whose styles stay the same."""
    parts = node._get_component_classes()
    if not parts:
        return
    before = node.__dict__.setdefault("_parts_found", {})
    changed = False
    for part in sorted(parts):
        found = _FOUND.get((way, part))
        styles = node._component_styles.get(part)
        if styles is not None and found is not None and before.get(part) == found:
            continue
        virtual = DOMNode(classes=part)
        virtual._attach(node)
        if found is None:
            found = _find(sheet, virtual, (way, part))
        else:
            _take(sheet, virtual, found)
        changed = changed or styles != virtual.styles
        node._component_styles[part] = virtual.styles
        before[part] = found
    if changed:
        node.refresh()


def _nothing(sheet: Stylesheet, node: DOMNode) -> None:
    """Leave the parts to the one who asked for the whole."""


setattr(RuleSet, "__hash__", object.__hash__)  # noqa: B010 - the same, but not called in Python
Stylesheet._parse_rules = _parsed_once  # type: ignore[method-assign, assignment]
Stylesheet.apply = _applied  # type: ignore[method-assign, assignment]
Stylesheet.replace_rules = staticmethod(_noted)  # type: ignore[method-assign]
Stylesheet._process_component_classes = _nothing  # type: ignore[method-assign, assignment]
