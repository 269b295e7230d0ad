"""Secrets, resolved where they are used: never stored, logged or shown (design 10)."""

import os
from collections.abc import Mapping
from pathlib import Path

_LIMIT = 64 * 1024  # bytes; a secret is no longer than that


class SecretMissing(Exception):
    """A secret this host cannot resolve. The text names the reference, never a value."""


def is_reference(text: str) -> bool:
    """True for "env:NAME" and "file:PATH"."""
    return text.startswith(("env:", "file:"))


def on_disk(text: str) -> bool:
    """True for "file:PATH": reading one may take as long as its disk or its network wants."""
    return text.startswith("file:")


def resolve(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret behind "env:NAME" or "file:PATH" (one trailing newline goes); other text as it is.

    Raises SecretMissing where the variable is unset or empty, or the file cannot be read or is empty.
    """
    kind, _, name = text.partition(":")
    if kind == "env":
        value = environ.get(name, "")
        if not value:
            raise SecretMissing(f"the environment variable {name} is not set")
        return value
    if kind == "file":
        return _read(name)
    return text


def _read(name: str) -> str:
    try:
        path = Path(name).expanduser()
        # A pipe or a device would block the whole console.
        if path.exists() and not path.is_file():
            raise SecretMissing(f"the secret file {name} is not a regular file")
        with path.open("rb") as file:
            content = file.read(_LIMIT)
    except OSError as error:
        raise SecretMissing(f"the secret file {name} cannot be read: {error.strerror}") from None
    except (ValueError, RuntimeError):
        raise SecretMissing(f"the secret file {name} has a name that leads nowhere") from None
    # A decoding error would carry the secret's bytes along: look for the marks of one instead.
    value = content.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise SecretMissing(f"the secret file {name} is not text")
    if not value:
        raise SecretMissing(f"the secret file {name} is empty")
    return value
