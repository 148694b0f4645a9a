"""What came of something a person did."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """Whether the bot acknowledged and what it answered; `error` is what Slack would show the person."""

    acked: bool
    response: dict[str, Any] | None = None
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Acknowledged, and nothing refused."""
        return self.acked and self.error is None and not self.errors
