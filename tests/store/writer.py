"""Another process on the same store: ``python -m tests.store.writer WHERE JOB BY COUNT``."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.domain.change import Refused
from data.domain.incident import StepState
from data.store.commands import incidents, steps, telling
from data.store.store import Store, open_store
from data.store.unit import Answer, Write
from tests.store.room import START

ROOT = Path(__file__).parents[2]


def note(write: Write, number: int, by: str) -> Answer | Refused:
    """Write the n-th note of somebody."""
    return incidents.note(write, "INC-1", f"{by} {number}")


def tick(write: Write, number: int, by: str) -> Answer | Refused:
    """Set the n-th step done."""
    return steps.set_steps(write, "INC-1", [f"ir{number % 3 + 1}"], StepState.DONE)


def acknowledge(write: Write, number: int, by: str) -> Answer | Refused:
    """Acknowledge the n-th incident."""
    return incidents.acknowledge(write, f"INC-{number + 1}")


def escalate(write: Write, number: int, by: str) -> Answer | Refused:
    """Tell the level above the first, as one who saw the first one told last."""
    return telling.escalate(write, f"INC-{number + 1}", seen="on-call")


JOBS = {job.__name__: job for job in (note, tick, acknowledge, escalate)}


def run(store: Store, job: str, by: str, count: int) -> None:
    """Give ``count`` commands and print each answer as soon as it is given."""
    for number in range(count):

        def work(write: Write, number: int = number) -> Answer | Refused:
            return JOBS[job](write, number, by)

        answer = store.write(work, by=by, command=f"{job}-{by}-{number}")
        said = (
            {"refused": answer.reason} if isinstance(answer, Refused) else {"seq": answer.seq, **answer.facts}
        )
        # one write: a process killed in the middle must not leave half a line
        os.write(1, (json.dumps({"number": number, "by": by, **said}) + "\n").encode())


def start(where: str, job: str, by: str, count: int) -> subprocess.Popen[bytes]:
    """Start a process that waits for a line on its input, then works."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", where, job, by, str(count)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def together(processes: Sequence[subprocess.Popen[bytes]]) -> list[dict[str, Any]]:
    """Let processes that are ready begin at the same moment; return all they said."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = []
    for process in processes:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        said += [json.loads(line) for line in output.splitlines()]
    return said


def main() -> None:
    """Open the store, say so, wait for the word, work."""
    where, job, by, count = sys.argv[1:]
    store = open_store(where, lambda: START, by)
    os.write(1, b"ready\n")
    sys.stdin.readline()
    run(store, job, by, int(count))
    store.close()


if __name__ == "__main__":
    main()
