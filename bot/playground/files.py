"""The files of a workspace, in memory: a ticket to upload one, its bytes, and who may fetch them where."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.playground.errors import SlackError

MOST_BYTES = 16 * 1024**2  # the playground's own: Slack takes far more, and says `file_upload_size_restricted` too
TICKET_SECONDS = 10 * 60.0  # the playground's own: Slack does not publish how long an upload's address is good for
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})


@dataclass(eq=False)
class File:
    """A file; `secret` is the part of its address that cannot be guessed. Nobody sees it before it is `completed`."""

    id: str
    name: str
    alt: str
    length: int
    secret: str
    issued: float
    content: bytes | None = field(default=None, repr=False)
    completed: bool = False
    deleted: bool = False

    @property
    def mimetype(self) -> str:
        """What its name says it is."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def quoted(self) -> str:
        """Its name, fit for a header or an address."""
        return quote(self.name, safe="", errors="replace")

    @property
    def path(self) -> str:
        """Where the page fetches it."""
        return f"/files/{self.secret}/{self.quoted}"

    @property
    def is_picture(self) -> bool:
        """Whether Slack shows it, rather than its name."""
        return self.mimetype in PICTURES


class NotTaken(Exception):
    """What the upload address answers, which is not Slack's JSON: an HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Files:
    """Every file there ever was, by its id."""

    def __init__(self, seconds: Callable[[], float], scrambled: Callable[[str, int], str]) -> None:
        self._seconds = seconds
        self._scrambled = scrambled
        self._known: dict[str, File] = {}

    def expect(self, name: str, length: int, alt: str) -> File:
        """A file that is to be uploaded."""
        number = len(self._known) + 1
        secret = self._scrambled("file", number)
        file = File(f"F{number:06d}", name, alt, length, secret, self._seconds())
        self._known[file.id] = file
        return file

    def receive(self, secret: str, content: bytes) -> File:
        """Take the bytes; `NotTaken` where no file is expected there any more, or another length was promised."""
        file = next((file for file in self._known.values() if file.secret == secret), None)
        if file is None or file.content is not None or self._seconds() - file.issued > TICKET_SECONDS:
            raise NotTaken(404)
        if len(content) != file.length:
            raise NotTaken(400)
        file.content = content
        return file

    def uploaded(self, file_id: object) -> File:
        """A file that can be completed: its bytes are there, and it has not been before."""
        file = self._known.get(file_id) if isinstance(file_id, str) else None
        if file is None or file.content is None or file.completed or file.deleted:
            raise SlackError("file_not_found")
        return file

    def delete(self, file_id: object) -> File:
        """Forget a file's bytes. One that was never completed does not exist for anybody."""
        file = self._known.get(file_id) if isinstance(file_id, str) else None
        if file is None or not file.completed:
            raise SlackError("file_not_found")
        if file.deleted:
            raise SlackError("file_deleted")
        file.deleted, file.content = True, None
        return file

    def served(self, secret: str) -> File | None:
        """The file at this address, while there is one to fetch."""
        return next((file for file in self._known.values() if file.secret == secret and file.completed), None)
