"""`views.*`: modals and the Home tab."""

from typing import Any

from bot.playground.errors import SlackError
from bot.playground.limits import check_view
from bot.playground.things import View
from bot.playground.web_api import Api, Args, Body, Method


def open_view(api: Api, args: Args) -> Body:
    """`views.open`: the new modal replaces whatever stack the person had open."""
    check_view(args["view"], "modal")
    user, _ = api.triggers.redeem(args["trigger_id"])
    api.space.close_all(user)
    return {"view": api.space.push(user, args["view"]).payload()}


def push_view(api: Api, args: Args) -> Body:
    """`views.push`: only from something done in a modal that is still open."""
    check_view(args["view"], "modal")
    user, source = api.triggers.redeem(args["trigger_id"])
    if source is None or api.space.find_view(source) is None or not api.space.stacks.get(user):
        raise SlackError("not_found")
    return {"view": api.space.push(user, args["view"]).payload()}


def update_view(api: Api, args: Args) -> Body:
    """`views.update`, by `view_id` or `external_id`."""
    if bool(args.get("view_id")) == bool(args.get("external_id")):
        fault = "Cannot provide both" if args.get("view_id") else "Must provide either"
        raise SlackError("invalid_arguments", [f"[ERROR] {fault} `view_id` and `external_id`"])
    view = _named(api, args)
    check_view(args["view"], view.type if view else "modal")
    if view is None:
        raise SlackError("not_found")
    _same_hash(view, args.get("hash"))
    return {"view": api.space.replace(view, args["view"]).payload()}


def publish(api: Api, args: Args) -> Body:
    """`views.publish`: the Home tab of one person."""
    check_view(args["view"], "home")
    user = api.space.users.get(args["user_id"])
    if user is None or user.is_bot:
        raise SlackError("invalid_arguments", ["invalid `user_id`"])
    home = api.space.homes.get(user.id)
    if home is None:
        home = api.space.homes[user.id] = api.space.new_view(user.id, args["view"])
        api.space.changed()
    else:
        _same_hash(home, args.get("hash"))
        api.space.replace(home, args["view"])
    return {"view": home.payload()}


def _named(api: Api, args: Args) -> View | None:
    if args.get("view_id"):
        return api.space.find_view(str(args["view_id"]))
    views = api.space.open_views()
    return next((view for view in views if view.body.get("external_id") == args["external_id"]), None)


def _same_hash(view: View, given: Any) -> None:
    if given and given != view.hash:
        raise SlackError("hash_conflict")


VIEWS = {
    "views.open": Method(open_view, ("trigger_id", "view"), 4),
    "views.push": Method(push_view, ("trigger_id", "view"), 4),
    "views.update": Method(update_view, ("view",), 4),
    "views.publish": Method(publish, ("user_id", "view"), 4),
}
