"""What the playground refuses: to the bot in Slack's words, to a person in plain ones."""

from collections.abc import Sequence


class SlackError(Exception):
    """A refusal of the Web API, with Slack's own error code."""

    def __init__(self, code: str, messages: Sequence[str] = (), **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def body(self) -> dict[str, object]:
        """The response body as Slack writes it."""
        body: dict[str, object] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class RateLimited(SlackError):
    """HTTP 429: the caller must wait `retry_after` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class NotPossible(Exception):
    """Something a person cannot do in Slack, such as pressing a button that is not there."""
