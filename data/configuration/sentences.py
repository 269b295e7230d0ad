"""What pydantic found, in words for who wrote the file."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from data.configuration.locate import Path
from data.configuration.values import At, Several, kind_of, nearest

_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


def explain(error: ErrorDetails, model: type[BaseModel]) -> Iterator[tuple[Path, str, str]]:
    """Return where inside the table the error is, what is wrong and a hint; never the value itself."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    refusal = context.get("error")
    if isinstance(refusal, Several):
        for inner in refusal.refusals:
            yield (*path, *inner.path), str(inner), ""
    elif isinstance(refusal, At):
        yield (*path, *refusal.path), str(refusal), ""
    elif kind == "missing":
        yield path[:-1], f'"{path[-1]}" is missing', ""
    elif kind == "extra_forbidden":
        yield path, "is an unknown key", unknown(str(path[-1]), names_at(model, path[:-1]))
    elif kind in _EXPECTED:
        yield path, f"expected {_EXPECTED[kind]}, found {kind_of(error['input'])}", ""
    elif kind == "greater_than_equal":
        yield path, f"must be at least {context['ge']}", ""
    elif kind == "less_than_equal":
        yield path, f"must be at most {context['le']}", ""
    else:
        yield path, str(refusal or error["msg"]), ""


def unknown(name: str, known: tuple[str, ...]) -> str:
    """Return the nearest known name as a question, or all of them."""
    return nearest(name, known) or (f"known: {', '.join(known)}" if known else "")


def names_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the keys a table, or a table inside it, may have; none where any key may be."""
    found: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        by_key = _fields(found) if found else {}
        found = _model_in(by_key.get(part))
    return tuple(_fields(found)) if found else ()


def _fields(model: type[BaseModel]) -> Mapping[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType, tuple):
        return next((found for item in get_args(annotation) if (found := _model_in(item))), None)
    return None
