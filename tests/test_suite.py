"""What fails once and passes alone is told; what fails twice fails."""

from pathlib import Path

import pytest

from tests.suite import FLAKY, main

FIRST_TIME = """
from pathlib import Path

def test_it():
    ran = Path(__file__).with_name("ran")
    before = ran.exists()
    ran.touch()
    assert before
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "options", "code", "flaky"),
    [
        ("def test_it(): pass", (), 0, False),
        ("def test_it(): assert False", (), 1, False),
        (FIRST_TIME, (), 0, True),
        (FIRST_TIME, ("-n2", "--dist=worksteal"), 0, True),
        ("def test_it(): pass", ("-k", "another"), 0, False),
        ("import nothing_of_that_name", (), 2, False),
    ],
)
def test_a_part_of_the_suite(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    test: str,
    options: tuple[str, ...],
    code: int,
    flaky: bool,
) -> None:
    (tmp_path / "test_one.py").write_text(test)
    assert main(["not slow", str(tmp_path), f"--rootdir={tmp_path}", "-c/dev/null", *options]) == code
    assert (FLAKY in capfd.readouterr().err) is flaky
