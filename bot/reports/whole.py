"""Files that are written whole or not at all, and that only their owner may read."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import UnusableInput

ONLY_OWNER = 0o600


def check_room(folder: Path, names: Iterable[str], *, force: bool) -> None:
    """Raise `UnusableInput` where these files could not be made. With `force` they may be there already."""
    if not folder.is_dir():
        raise UnusableInput(where=str(folder), problem="there is no such folder. Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnusableInput(where=str(folder), problem="nothing can be written in this folder.")
    there = [folder / name for name in names if (folder / name).exists()]
    if any(path.is_dir() for path in there):
        raise UnusableInput(where=str(there[0]), problem="there is a folder of this name. Name another folder.")
    if there and not force:
        raise UnusableInput(where=str(there[0]), problem="it is there already. Name another folder, or add --force.")


@contextmanager
def written_whole(folder: Path, files: Mapping[str, bytes], mark: str, *, force: bool) -> Iterator[None]:
    """Write these files beside their places before the block, and put them there once it has ended well.

    `mark` keeps the parts of two runs apart. Raises `UnusableInput`; then nothing is left behind.
    """
    parts = {folder / name: folder / f".{name}.{mark}.part" for name in files}
    try:
        with _readable(folder):
            for path, part in parts.items():
                _write(part, files[path.name])
        yield
        with _readable(folder):
            _place(folder, parts, force=force)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _place(folder: Path, parts: Mapping[Path, Path], *, force: bool) -> None:
    check_room(folder, (path.name for path in parts), force=force)
    placed: list[Path] = []
    try:
        for path, part in parts.items():
            part.replace(path)
            placed.append(path)
    except OSError:
        for path in placed:
            path.unlink()
        raise


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"it cannot be written to: {error.strerror or type(error).__name__}."
        raise UnusableInput(where=str(folder), problem=problem) from None
