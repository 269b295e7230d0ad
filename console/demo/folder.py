"""The practice folder: one for each demo, removed at its end, swept away later where there was no end."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "warroom-demo-"
UNFINISHED = 3600.0  # seconds after which a folder without a pid file has no maker any more


@contextmanager
def demo_folder() -> Iterator[Path]:
    """Make a folder (mode 0700) for one demo under the system's temporary one, and remove it at the end.

    Its ``pid`` file is locked for as long as this process lives, however it ends: `sweep` goes by that.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    born = folder / "pid.new"
    with born.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{os.getpid()}\n")
        file.flush()
        born.rename(folder / "pid")  # with its lock: nobody ever sees the one without the other
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> list[Path]:
    """Remove our folders of demos whose process is gone, and return them; never one whose process lives."""
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    return [folder for folder in sorted(found) if _abandoned(folder)]


def _abandoned(folder: Path) -> bool:
    """Remove a folder if nobody holds it; true when it is gone by our hand."""
    with suppress(OSError):
        about = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or about.st_uid != os.getuid():
            return False
        try:
            handle = os.open(folder / "pid", os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            if time.time() - about.st_mtime > UNFINISHED:
                shutil.rmtree(folder)
                return True
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its process lives
            shutil.rmtree(folder)
        finally:
            os.close(handle)
        return True
    return False
