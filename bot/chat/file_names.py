"""A file's name as other people's computers can keep it: data that somebody typed may have found its way into it."""

import re
import unicodedata

MOST_BYTES, MOST_SUFFIX = 150, 12  # (ours): file systems take 255 bytes, and a download may get a number added
NAMELESS = "file"


def safe_name(name: str) -> str:
    """The last part of the path, without characters that a file system keeps for itself or that are not seen: those
    that turn the direction of reading can make a program look like a picture. Never empty, nor over `MOST_BYTES`."""
    last = re.split(r"[/\\]", name)[-1]
    # Controls, formats, surrogates and unassigned characters begin with C; what is left of space is one space.
    seen = "".join(one for one in last if one.isspace() or not unicodedata.category(one).startswith("C"))
    plain = re.sub(r'[<>:"|?*]', "-", " ".join(seen.split())).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if not stem or len(suffix.encode()) > MOST_SUFFIX:
        stem, dot, suffix = plain, "", ""
    room = MOST_BYTES - len(f"{dot}{suffix}".encode())
    short = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{short or NAMELESS}{dot}{suffix}"
