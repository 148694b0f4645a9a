"""Keeping text within a platform's limits: shortened so that it shows, or divided without losing anything."""


def cut(text: str, limit: int) -> str:
    """`text`, or as many whole words of it as fit with “…” in at most `limit` characters."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if not text[limit - 1].isspace():
        kept = kept[: last_break(kept)] or kept
    return kept.rstrip() + "…"


def divide(text: str, limit: int) -> list[str]:
    """`text` in parts of at most `limit` characters, divided after a space where there is one."""
    parts = []
    while len(text) > limit:
        end = last_break(text[:limit]) or limit
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text] if text else parts


def last_break(text: str) -> int:
    """The place just after the last white space in `text`; 0 if there is none."""
    return next((place for place in range(len(text), 0, -1) if text[place - 1].isspace()), 0)
