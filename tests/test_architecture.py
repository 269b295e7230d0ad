"""The shape of the code: what may load what, how big a file gets, what the repository holds."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("console", "widgets", "data")
MOST_LINES = 300

# What may stand at the top of the repository (design 11).
TOP_LEVEL = {
    *PACKAGES,
    "tests",
    "docs",
    "pyproject.toml",
    "constraints.txt",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
    ".ci",
    ".gitignore",
}

# Spelled in halves, or this file would be found.
FOREIGN = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "deb.debian" + ".org",
    "/ro" + "ot/",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
    "/opt/" + "wheels",
    "/opt/" + "pypi",
)


def modules(package: str) -> list[str]:
    """Every module of a package by its dotted name, read from the files."""
    folder = ROOT.joinpath(*package.split("."))
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Run ``code`` in a fresh interpreter; the names of all it has loaded at its end."""
    script = f"import sys\n{code}\nsys.stderr.write('\\n' + ' '.join(sys.modules))\n"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def imports(*names: str) -> str:
    return "\n".join(f"import {name}" for name in names)


def of_libraries(names: set[str], *libraries: str) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] in libraries)


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: an unpacked archive has no list of tracked files")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name]


def test_the_rules_load_nothing_but_the_standard_library() -> None:
    bare = loaded_by("")
    tops = {name.split(".")[0] for name in loaded_by(imports(*modules("data.domain"))) - bare}
    # sysconfig's data carries the platform in its name and is in no list.
    ours = {name for name in tops if name == "data" or name.startswith("_sysconfigdata")}
    assert not tops - sys.stdlib_module_names - ours


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("data", ("textual", "rich", "httpx", "h11", "typer")),
        ("widgets", ("sqlmodel", "sqlalchemy", "httpx", "h11")),
        # httpx itself loads rich where it finds it.
        ("console.workers", ("textual",)),
    ],
)
def test_a_package_runs_without_what_it_may_not_know(package: str, forbidden: tuple[str, ...]) -> None:
    names = modules(package)
    assert len(names) > 1
    assert not of_libraries(loaded_by(imports(*names)), *forbidden)


@pytest.mark.parametrize("arguments", [("--help",), ("ack", "--help"), ("apply", "--help")])
def test_help_waits_for_no_screen_and_no_store(arguments: tuple[str, ...]) -> None:
    code = f"from console.cli import main\nassert main({list(arguments)!r}) == 0"
    loaded = loaded_by(code)
    assert of_libraries(loaded, "typer")
    assert not of_libraries(loaded, "textual", "sqlmodel", "sqlalchemy", "httpx", "h11", "alembic")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_does_the_work_of_two(package: str) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / package).rglob("*.py")}
    assert lengths
    too_long = {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > MOST_LINES}
    assert not too_long


def test_the_top_of_the_repository_holds_what_the_design_names() -> None:
    assert {name.split("/")[0] for name in tracked()} <= TOP_LEVEL


def test_nothing_built_or_locked_elsewhere_is_tracked() -> None:
    unwanted = ("uv.lock", ".venv/", "dist/", "build/")
    assert not [name for name in tracked() if name.endswith(".pyc") or name.startswith(unwanted)]


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = []
    for name in tracked():
        path = ROOT / name
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [(name, word) for word in (*FOREIGN, str(ROOT) + "/") if word in text]
    assert not found
