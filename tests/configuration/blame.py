"""Asking a bad file what is wrong with it, and pieces of files to be bad with."""

import pytest

from data.configuration.model import ConfigurationError
from data.configuration.reading import read

SHOP = '[[service]]\nid = "shop"\n'
API = SHOP + '[[check]]\nid = "api"\nservice = "shop"\nurl = "https://shop.example"\n'
TCP = API.replace("https://shop.example", "tcp://shop.example:443")
DB = '[[check]]\nid = "db"\nservice = "shop"\nurl = "tcp://db.example:5432"\n'


def problems(text: str) -> list[str]:
    """What reading says of a file, without its name."""
    with pytest.raises(ConfigurationError) as caught:
        read(text, "w.toml")
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem).removeprefix("w.toml:") for problem in caught.value.problems]
