"""The words of every message, page and form: all of them in `templates/`, none of them in Python."""

import re
import traceback
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from bot.chat.lengths import cut
from bot.chat.markdown import parse
from bot.chat.port import Form, Message, Words
from bot.chat.tree import Heading, words_of
from bot.messages.escaping import day, many, moment, names, quote, say, show
from bot.messages.form_words import TITLE_LIMIT, BadWords, FormWords, read_form_words

_FIRST_HEADING = re.compile(r"^# .*$", re.MULTILINE)


class Templates:
    """The words in `folder`: `messages/<name>.md.j2`, `reports/<name>.md.j2` and `forms/<name>.yaml`. Each file is read
    once."""

    def __init__(self, folder: Path) -> None:
        self._forms_folder = folder / "forms"
        self._folders = (folder / "messages", folder / "reports")
        self._forms: dict[str, FormWords] = {}
        self._jinja = Environment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            finalize=show,
            autoescape=False,  # noqa: S701  # it is Markdown: `show` escapes every value
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._jinja.filters |= {"quote": quote, "day": day, "moment": moment, "many": many, "names": names}
        self._plain = self._jinja.overlay(finalize=say, cache_size=-1)

    def render(self, name: str, /, **context: Any) -> Message:
        """The message `name` with the values of `context`; raises `BadFile` naming the file and line at fault."""
        return Message(self._filled(self._jinja, name, context))

    def plain(self, name: str, /, **context: Any) -> str:
        """The same as plain text and not Markdown, each value on one line, for where nothing is ever live."""
        return self._filled(self._plain, name, context).strip()

    def form(self, form: Form) -> Form:
        """The form with its title, labels and hints; raises `BadFile` where words and fields do not match."""
        if form.name not in self._forms:
            self._forms[form.name] = read_form_words(self._forms_folder / f"{form.name}.yaml")
        return self._forms[form.name].fill(form)

    def page(self, name: str, /, **context: Any) -> Form:
        """A page to read, its title the message's first `# ` heading."""
        markdown = self.render(name, **context).markdown
        heading = _FIRST_HEADING.search(markdown)
        if heading is None:
            raise BadWords(file=f"{name}.md.j2", line=1, problem="a page needs a heading that begins with “# ”")
        title = _title(heading.group())
        if len(title) <= TITLE_LIMIT:
            markdown = markdown[: heading.start()] + markdown[heading.end() :]
        return Form(name, (Words(Message(markdown)),), title=cut(title, TITLE_LIMIT))

    def _filled(self, jinja: Environment, name: str, context: dict[str, Any]) -> str:
        file = f"{name}.md.j2"
        try:
            return jinja.get_template(file).render(context)
        except TemplateNotFound as error:
            raise self._bad(error, file, f"there is no file {error.name}") from error
        except TemplateError as error:
            raise self._bad(error, file, error.message or "this template cannot be read") from error
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            # Its own words may hold what a person typed, so neither they nor their traceback are passed on.
            raise self._bad(error, file, f"this failed with {type(error).__name__}") from None

    def _bad(self, error: Exception, file: str, problem: str) -> BadWords:
        """What was wrong in which template. A syntax error knows the line; otherwise Jinja's traceback does."""
        line = 1
        if isinstance(error, TemplateSyntaxError):
            file, line = error.name or file, error.lineno
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).parent in self._folders:
                file = Path(frame.filename).name
                line = frame.lineno or line
        return BadWords(file=file, line=line, problem=problem)


def _title(heading: str) -> str:
    """The heading's characters, without its Markdown."""
    return "".join(words_of(node.runs) for node in parse(heading) if isinstance(node, Heading))
