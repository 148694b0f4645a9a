"""A file with one thing changed in it, and the line of the change."""

from pathlib import Path


def edited(original: Path, folder: Path, old: str, new: str) -> tuple[Path, int]:
    """A copy of a file with the first `old` replaced, and the line on which that is."""
    text = original.read_text()
    assert old in text, f"{old!r} is not in {original.name}"
    path = folder / original.name
    path.write_text(text.replace(old, new, 1))
    return path, text[: text.index(old)].count("\n") + 1 + (len(old) - len(old.lstrip("\n")))
