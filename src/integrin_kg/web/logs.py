"""The log: one JSON object a line on stderr, one line for each request and each thing worth a word.

No line can be forged: the encoder writes ASCII only, so that a newline, an escape sequence or a
Unicode line separator that a client sends arrives as its escape (RFC 8259, section 7).
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
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
    configure(level, stream)
    observe(app, ended=log_exchange)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Have the root logger write JSON lines. The last call holds: logging is the process's, not an app's."""
    if level not in LEVELS:
        raise ValueError(f"there is no log level {level!r}; use one of {', '.join(LEVELS)}")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one.formatter, JsonLines)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    logging.getLogger(_PACKAGE).setLevel(level.upper())


class JsonLines(logging.Formatter):
    """Writes a record as one line of ASCII; what a record's ``members`` hold are members of the object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": time.replace("+00:00", "Z"),
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


def log_exchange(exchange: Exchange) -> None:
    """Log a request that has been answered: a warning where the server failed it or the answer broke off."""
    level = logging.INFO if exchange.status < 500 and exchange.whole else logging.WARNING
    _log.log(level, "request", extra={"members": _members(exchange)})


def _members(exchange: Exchange) -> dict[str, Any]:
    members = {
        "request": exchange.request_id,
        "method": _cut(exchange.method),
        "path": _cut(exchange.path),  # the query string, which may hold a query or worse, stays out
        "route": exchange.route,
        "status": exchange.status,
        "milliseconds": round(exchange.seconds * 1000, 1),
        "bytes": exchange.bytes,
        "whole": exchange.whole,
        "form": exchange.form,
        "client": exchange.client,
        "agent": _cut(exchange.agent),
    }
    if _log.isEnabledFor(logging.DEBUG):
        members["querySha256"] = exchange.query_sha256
    return members


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
