"""What a person gets who installs warroom on its own, or runs ``make`` in a clone."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[0-9][A-Za-z0-9.]*)")


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    matches = [(line, PIN.fullmatch(line)) for line in lines]
    assert not [line for line, match in matches if match is None], "only name==version"
    return {canonicalize_name(match["name"]): Version(match["version"]) for _, match in matches if match}


def requirements() -> list[Requirement]:
    lines = list(PROJECT["dependencies"])
    for extra in PROJECT["optional-dependencies"].values():
        lines += extra
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_every_library_asked_for_is_pinned_to_a_version_that_fits(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_textual_stays_below_the_next_major() -> None:
    wanted = {item.name: item for item in map(Requirement, PROJECT["dependencies"])}
    assert not wanted["textual"].specifier.contains("9.0")


TARGETS = ("run", "demo", "test", "test-fast", "lint", "bench", "pictures")


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_installs_first_in_a_fresh_clone(target: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "pip install" in told
    assert told.index("pip install") < told.rindex(".venv/bin/")


def test_nothing_is_installed_again_when_nothing_changed(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    stamp = tmp_path / ".venv" / ".installed"
    stamp.parent.mkdir()
    stamp.write_text(str(tmp_path))
    done = subprocess.run(
        ["make", "--dry-run", "run"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "pip install" not in done.stdout
    stamp.write_text("/somewhere/else")
    done = subprocess.run(
        ["make", "--dry-run", "run"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "pip install" in done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("warroom-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_the_three_packages_and_every_file_they_read(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in held if ".dist-info/" not in name}
    assert tops == {"console", "widgets", "data"}
    shipped = {
        path.relative_to(ROOT).as_posix()
        for package in tops
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert "data/defaults/guide.toml" in shipped
    assert shipped <= held


@pytest.mark.slow
def test_the_wheel_brings_the_command_and_its_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "warroom = console.cli:main" in archive.read(entry).decode()
    assert [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
