"""The log: one JSON object a line on stderr, one line for each request and each thing worth a word.

No line can be forged: the encoder writes ASCII only, so that a newline, an escape sequence or a
Unicode line separator that a client sends arrives as its escape (RFC 8259, section 7).
"""

from __future__ import annotations

import json
import logging
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import Any, TextIO

from flask import Flask

from integrin_kg.web.exchanges import Exchange, observe, request_id

LEVELS = ("debug", "info", "warning", "error")

_PACKAGE = "integrin_kg"
_LONGEST = 256  # characters of what a client may make as long as it likes
_log = logging.getLogger(__name__)


def register(app: Flask, level: str, stream: TextIO | None = None) -> None:
    """Log each of ``app``'s requests, and whatever the process logs, to ``stream`` (stderr if None).

    ``level`` is one of :data:`LEVELS`: the least of the package's own that is written. Of others'
    loggers warnings and worse are.
    """
    observe(app, ended=RequestLog(configure(level, stream)).log)


def configure(level: str, stream: TextIO | None = None) -> logging.StreamHandler[TextIO]:
    """Have the root logger write JSON lines, and return its handler. The last call holds: logging is the
    process's, not an app's."""
    if level not in LEVELS:
        raise ValueError(f"there is no log level {level!r}; use one of {', '.join(LEVELS)}")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one.formatter, JsonLines)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    logging.getLogger(_PACKAGE).setLevel(level.upper())
    return handler


class JsonLines(logging.Formatter):
    """Writes a record as one line of ASCII; what a record's ``members`` hold are members of the object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "time": _timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (known := request_id()) is not None:
            line["request"] = known
        line |= getattr(record, "members", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class RequestLog:
    """Writes a line for each request that has been answered to ``handler``'s stream: a warning where the
    server failed it or the answer broke off.

    The line is that of a record, which to make would take longer than many an answer.
    """

    def __init__(self, handler: logging.StreamHandler[TextIO]) -> None:
        self.handler = handler

    def log(self, exchange: Exchange) -> None:
        """Write the line of ``exchange``, if its level is written."""
        level = logging.INFO if exchange.status < 500 and exchange.whole else logging.WARNING
        if not _log.isEnabledFor(level):
            return
        line = _line(exchange, level)
        # Who reads the log may have gone, or the disk be full: that must end no service.
        with self.handler.lock or nullcontext(), suppress(OSError, ValueError):
            self.handler.stream.write(line)
            self.handler.stream.flush()


def _line(exchange: Exchange, level: int) -> str:
    further = f', "querySha256": {_json(exchange.query_sha256)}' if _log.isEnabledFor(logging.DEBUG) else ""
    # The query string, which may hold a query or worse, stays out.
    return (
        f'{{"time": "{_timestamp(time())}", "level": {_json(logging.getLevelName(level).lower())}, '
        f'"logger": "{__name__}", "message": "request", "request": "{exchange.request_id}", '
        f'"method": {_json(_cut(exchange.method))}, "path": {_json(_cut(exchange.path))}, '
        f'"route": {_json(exchange.route)}, "status": {exchange.status}, '
        f'"milliseconds": {exchange.seconds * 1000:.2f}, "bytes": {exchange.bytes}, '
        f'"whole": {_json(exchange.whole)}, "form": {_json(exchange.form)}, '
        f'"client": {_json(exchange.client)}, "agent": {_json(_cut(exchange.agent))}{further}}}\n'
    )


_json = lru_cache(1024)(json.dumps)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _timestamp(seconds: float) -> str:
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{_second(whole)}.{milliseconds:03}Z"


@lru_cache(2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
