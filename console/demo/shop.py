"""The practice shop as a process: ``python -m console.demo.shop --folder FOLDER --scale 1``.

The first line on stdout is ``{"ports": {...}, "pid": ...}``, written when every port listens but the
Alertmanager's, which is missing where there is none and answers some moments later. After that
one line for every change: ``{"at": "…Z", "service": …, "mode": …, "why": …}``, and for every message that
arrived: ``{"at": "…Z", "message": {"way": …, "to": …, "subject": …, "body": …}}``.
Commands are lines on stdin: ``{"break": "payments"}`` with ``"mode"``, ``"latency"`` (seconds, for slow)
and ``"why"`` if wanted, ``{"heal": "payments"}``, ``{"script": "pause"}`` and ``{"script": "resume"}``.
A command's ``"id"`` comes back with its change; one that cannot be obeyed is answered by ``{"error": …}``.
It ends with stdin, at SIGTERM or SIGINT, and with its parent.
"""

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
from contextlib import suppress
from pathlib import Path

from console.demo.premises import Premises, Report
from console.demo.services import Mode, mode_of, named
from console.demo.story import Story

STDOUT = 1


def _tell(report: Report) -> None:
    os.write(STDOUT, json.dumps(report).encode() + b"\n")


async def obey(line: bytes, premises: Premises, story: Story) -> None:
    """Do what one line on stdin says; ValueError says why not."""
    command = json.loads(line)
    if not isinstance(command, dict):
        raise ValueError("a command is a JSON object")  # noqa: TRY004 - the line is wrong, not the program
    latency = command.get("latency")
    if latency is not None and not (isinstance(latency, int | float) and 0 <= latency <= 3600):
        raise ValueError(f"no latency in seconds: {latency!r}")
    match command:
        case {"break": str(name)}:
            service = named(name)
            mode = mode_of(str(command.get("mode") or service.breaks_as))
            why = str(command.get("why") or f"{name} was broken by hand: {mode}")
            await premises.change(name, mode, why, latency, command.get("id"))
        case {"heal": str(name)}:
            why = str(command.get("why") or f"{name} was healed by hand")
            await premises.change(name, Mode.OK, why, token=command.get("id"))
        case {"script": "pause"}:
            story.pause()
        case {"script": "resume"}:
            story.resume()
        case _:
            raise ValueError("a command says break, heal or script (pause, resume)")


async def _listen(premises: Premises, story: Story) -> None:
    """Obey stdin until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    kind = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or sys.stdin.isatty()):
        return  # a file or /dev/null: nobody is there to say more
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    while line := await reader.readline():
        try:
            await obey(line, premises, story)
        except ValueError as error:
            _tell({"error": str(error), "id": _token(line)})


def _token(line: bytes) -> object:
    with suppress(ValueError):
        command = json.loads(line)
        return command.get("id") if isinstance(command, dict) else None
    return None


async def run(folder: Path, scale: float, *, paused: bool = False) -> None:
    """Keep the shop open until stdin ends or a signal asks for the end."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    premises: Premises

    async def change(name: str, mode: Mode, why: str) -> None:
        await premises.change(name, mode, why)

    story = Story(scale, change)
    premises = Premises(folder, scale, _tell, story.position)
    try:
        await premises.open()
        _die_with_parent()
        _tell({"ports": premises.ports, "pid": os.getpid()})
        await _work(premises, story, over, paused=paused)
    finally:
        await premises.close()


async def _work(premises: Premises, story: Story, over: asyncio.Event, *, paused: bool) -> None:
    if not paused:
        story.resume()
    work = {
        asyncio.create_task(_listen(premises, story)),
        asyncio.create_task(story.play()),
        asyncio.create_task(premises.watch()),
        asyncio.create_task(over.wait()),
    }
    try:
        done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in work:
            task.cancel()


def _die_with_parent() -> None:
    """Ask Linux to end this process with its parent, should it ever be too busy to see stdin end."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def main() -> int:
    """Run the shop from the command line; 0 when it was asked to end, 1 when its reader is gone."""
    parser = argparse.ArgumentParser(prog="python -m console.demo.shop")
    parser.add_argument("--folder", type=Path, required=True, help="where the certificate is written")
    parser.add_argument("--scale", type=float, default=1.0, help="story seconds per second")
    parser.add_argument("--paused", action="store_true", help="wait for the script to be resumed")
    options = parser.parse_args()
    if not options.scale > 0:
        parser.error("--scale must be more than 0")
    try:
        asyncio.run(run(options.folder, options.scale, paused=options.paused))
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
