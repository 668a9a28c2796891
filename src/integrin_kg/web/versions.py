"""Answers that need not be sent again: an ETag of the graph's version and of all that shapes the answer.

RFC 9110, sections 8.8.3 and 13.1.2. The tags are weak: two answers may differ in the order of rows.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Response, request

from integrin_kg.engine.messages import Query
from integrin_kg.engine.tokens import mentions

_VOLATILE = ("NOW", "RAND", "UUID", "STRUUID", "SERVICE")


def tag(version: str, *shape: Any) -> str:
    """Return the tag of what ``shape`` asks of the graph in ``version``.

    >>> tag("r1", "ASK {}") == tag("r1", "ASK {}"), tag("r1", "ASK {}") == tag("r2", "ASK {}")
    (True, False)
    """
    return hashlib.sha256(json.dumps([version, *shape]).encode()).hexdigest()[:24]


def shape_of(query: Query) -> list[Any] | None:
    """Return what shapes the answer to ``query``; None where it may differ each time, or is not cached."""
    if request.method not in ("GET", "HEAD"):
        return None
    if mentions(query.text, *_VOLATILE):
        return None
    return [query.text, query.solutions, query.triples, query.reasoning, query.default_graphs,
            query.named_graphs, query.base]  # fmt: skip


def unchanged(version: str, shape: list[Any] | None) -> Response | None:
    """Return the answer to a client that has what it asks for already; None where it has not."""
    if shape is None:
        return None
    current = tag(version, *shape)
    if not request.if_none_match.contains_weak(current):
        return None
    return mark(Response(status=304), version, shape)


def mark(response: Response, version: str, shape: list[Any] | None) -> Response:
    """Return ``response`` with its tag, where it has one."""
    if shape is not None:
        response.set_etag(tag(version, *shape), weak=True)
        response.headers["Cache-Control"] = "no-cache"  # ask each time: a 304 is cheap
    return response
