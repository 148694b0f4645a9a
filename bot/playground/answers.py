"""What the body of an acknowledgement changes on the person's screen."""

from typing import Any

from bot.playground.errors import NotPossible, SlackError
from bot.playground.limits import check_message, check_options, check_view
from bot.playground.outcome import Outcome
from bot.playground.things import Channel, User, View
from bot.playground.workspace import Workspace


class Answers:
    """Applies answers to the workspace; what Slack would not take becomes an error the person sees."""

    def __init__(self, workspace: Workspace, warnings: list[str]) -> None:
        self._space = workspace
        self._warnings = warnings

    def to_command(self, user: User, channel: Channel, body: dict[str, Any]) -> Outcome:
        """A command's acknowledgement may carry a message, for the person's eyes unless `in_channel`."""
        if not body.get("text") and not body.get("blocks"):
            return Outcome(acked=True, response=body)
        try:
            check_message(body)
        except SlackError as refusal:
            return self._refused(body, "invalid_command_response", refusal)
        only_for = None if body.get("response_type") == "in_channel" else user.id
        self._space.post(
            channel,
            self._space.bot_user_id,
            str(body.get("text") or ""),
            body.get("blocks"),
            only_for=only_for,
        )
        return Outcome(acked=True, response=body)

    def to_submission(self, view: View, body: dict[str, Any]) -> Outcome:
        """A modal closes unless the answer says `errors`, `update`, `push` or `clear`."""
        action = body.get("response_action")
        steps = {
            None: self._close,
            "clear": self._clear,
            "update": self._update,
            "push": self._push,
            "errors": self._errors,
        }
        try:
            steps.get(action, _unknown_action)(view, body)
        except SlackError as refusal:
            return self._refused(body, "invalid_view_submission_response", refusal)
        return Outcome(acked=True, response=body, errors=view.errors if action == "errors" else {})

    def to_suggestion(self, body: dict[str, Any]) -> dict[str, Any]:
        """Options as the person sees them."""
        problems = check_options(body)
        if problems:
            self._warnings.append(f"options refused: {'; '.join(problems)}")
            raise NotPossible(f"No results could be loaded: {'; '.join(problems)}")
        return body

    def _close(self, view: View, _body: dict[str, Any]) -> None:
        self._space.close(view)

    def _clear(self, view: View, _body: dict[str, Any]) -> None:
        self._space.close_all(view.owner)

    def _update(self, view: View, body: dict[str, Any]) -> None:
        check_view(body.get("view"), "modal")
        self._space.replace(view, body["view"])

    def _push(self, view: View, body: dict[str, Any]) -> None:
        check_view(body.get("view"), "modal")
        self._space.push(view.owner, body["view"])

    def _errors(self, view: View, body: dict[str, Any]) -> None:
        errors = body.get("errors")
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            strange = sorted(set(errors) - inputs) if isinstance(errors, dict) else errors
            raise SlackError("invalid_errors", [f"errors must name input blocks, not {strange}"])
        view.errors = {name: str(said) for name, said in errors.items()}
        self._space.changed()

    def _refused(self, body: dict[str, Any], shown: str, refusal: SlackError) -> Outcome:
        said = "; ".join([refusal.code, *refusal.messages])
        self._warnings.append(f"{shown}: {said}")
        return Outcome(acked=True, response=body, error=f"{shown}: {said}")


def _unknown_action(_view: View, body: dict[str, Any]) -> None:
    raise SlackError("invalid_response_action", [f"unknown response_action: {body['response_action']}"])
