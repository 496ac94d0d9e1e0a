"""What is logged: that something happened and where; never what somebody typed.

An address is logged without what follows "?", and no request is handed to a log, so that no
counts, forms or headers can be written by a formatter. The server writes no access log.
"""

from __future__ import annotations

import logging
from typing import Any


class WithoutRequest(logging.Filter):
    """Takes the request from a record, and cuts addresses at the question mark."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the record is cleaned, not dropped."""
        record.__dict__.pop("request", None)
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(one) for one in record.args)
        return True


def _cut(argument: object) -> object:
    """An argument of a message, without a query string.

    >>> _cut("/check/?wbc=3.7")
    '/check/'
    """
    if isinstance(argument, str) and argument.startswith("/"):
        return argument.partition("?")[0]
    return argument


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_request": {"()": WithoutRequest}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["without_request"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "leukon_site": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
