"""Logging: one line per event, ids and codes only. Nothing here may ever be given submitted text."""

import logging
import sys

import structlog


def set_up_logs(*, level: int = logging.INFO, json: bool = True) -> None:
    """structlog for our own events; the libraries' warnings go to standard error as they are."""
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
    # Bolt finds SLACK_BOT_TOKEN in the environment too, and warns that the client's own is used instead.
    handler.addFilter(lambda record: "`token` will be unused" not in record.getMessage())
    # A look that is skipped because the last one still runs is as it should be, not worth a warning.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _OneLine(logging.Formatter):
    """The libraries' own lines without their tracebacks, whose last words may be somebody's."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_info = record.exc_text = None
        return super().format(record).partition("\n")[0]
