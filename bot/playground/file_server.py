"""Where files come in and go out: the upload address, which is no Web API method, and what the page fetches."""

from aiohttp import web
from aiohttp.web_request import FileField

from bot.playground.errors import RateLimited
from bot.playground.files import NotTaken
from bot.playground.pace import ServerBroken
from bot.playground.web_api import Api

UPLOAD = "upload"


class FileServer:
    """Serves `/upload/v1/<secret>` and `/files/<secret>/<name>`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def receive(self, request: web.Request) -> web.Response:
        """Take a file's bytes, raw or as a form: 200, or a status that says no more."""
        content = await _content(request)
        self._api.calls.append((UPLOAD, {"length": len(content)}))
        fault = self._api.faults.next_for(UPLOAD, {})
        try:
            if fault and not fault.after_effect:
                fault.refuse()
            self._api.files.receive(request.match_info["secret"], content)
            if fault:
                fault.refuse()
        except RateLimited as refusal:
            return web.Response(status=429, headers={"Retry-After": str(refusal.retry_after)})
        except (NotTaken, ServerBroken) as refusal:
            return web.Response(status=refusal.status)
        return web.Response(text=f"OK - {len(content)}")

    async def serve(self, request: web.Request) -> web.Response:
        """A file's bytes. Only pictures are shown; whatever else it is, the browser saves it and runs nothing of it."""
        file = self._api.files.served(request.match_info["secret"])
        if file is None or file.content is None:
            return web.Response(status=404, text="There is no such file.")
        kept = "inline" if file.is_picture else "attachment"
        return web.Response(
            body=file.content,
            content_type=file.mimetype if file.is_picture else "application/octet-stream",
            headers={
                "Content-Disposition": f"{kept}; filename*=UTF-8''{file.quoted}",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    parts = (await request.post()).values()
    return next((part.file.read() for part in parts if isinstance(part, FileField)), b"")
