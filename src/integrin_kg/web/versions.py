"""Answers that need not be sent again: an ETag of the graph's version and of all that shapes the answer.

RFC 9110, sections 8.8.3 and 13.1.2. The tags are weak: two answers may differ in the order of rows.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Request, Response, request

from integrin_kg.engine.cache import is_repeatable
from integrin_kg.engine.messages import Query


def tag(version: str, *shape: Any) -> str:
    """Return the tag of what ``shape`` asks of the graph in ``version``.

    >>> tag("r1", "ASK {}") == tag("r1", "ASK {}"), tag("r1", "ASK {}") == tag("r2", "ASK {}")
    (True, False)
    """
    return hashlib.sha256(repr((version, shape)).encode("utf-8", "replace")).hexdigest()[:24]


def must_be_fresh(request: Request = request) -> bool:
    """Return whether the client wants the answer evaluated, even if one is kept that would be the same
    (RFC 9111, section 5.2.1.4)."""
    return bool(request.cache_control.no_cache)


def shape_of(query: Query, method: str) -> list[Any] | None:
    """Return what shapes the answer to ``query``; None where it may differ each time, or has no tag
    because of the request's ``method``."""
    if method not in ("GET", "HEAD") or not is_repeatable(query.text):
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
    response.headers.update(fields(version, shape))
    return response


def fields(version: str, shape: list[Any] | None) -> dict[str, str]:
    """Return the headers that let a client keep an answer, where it may."""
    if shape is None:
        return {}
    # Ask each time: a 304 is cheap.
    return {"ETag": f'W/"{tag(version, *shape)}"', "Cache-Control": "no-cache"}
