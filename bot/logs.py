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
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
