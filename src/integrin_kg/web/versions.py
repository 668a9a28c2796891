"""Answers that need not be sent again: an ETag of the graph's version and of all that shapes the answer.

RFC 9110, sections 8.8.3 and 13.1.2. The tags are weak: two answers may differ in the order of rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from flask import Request, Response, request

from integrin_kg.engine.cache import is_repeatable
from integrin_kg.engine.messages import Query, not_met

_VARIES = {"Vary": "Accept"}


class Conditions(TypedDict):
    """What must be so for a change to be made: see :class:`~integrin_kg.engine.messages.Upload`."""

    version: str
    existing: bool | None


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


def unchanged(version: str, shape: list[Any] | None, headers: Mapping[str, str] = _VARIES) -> Response | None:
    """Return the answer, with the ``headers`` that the whole one would have, to a client that has what it
    asks for already; None where it has not (RFC 9110, section 15.4.5)."""
    if shape is None:
        return None
    current = tag(version, *shape)
    if not request.if_none_match.contains_weak(current):
        return None
    return mark(Response(status=304, headers=dict(headers)), version, shape)


def conditions(version: str, shapes: Iterable[list[Any]]) -> Conditions:
    """Return the conditions of a request that writes to what has one of ``shapes`` now.

    A tag stands for statements and not for bytes, so that the weak ones that reading gives are good here.
    Raises :class:`Problem` (412) where they are not met already.
    """
    tags = [tag(version, *shape) for shape in shapes]
    wanted, unwanted = request.if_match, request.if_none_match
    if any(map(unwanted.contains_weak, tags)) and not unwanted.star_tag:
        raise not_met()
    existing = False if unwanted.star_tag else True if wanted.star_tag else None
    if not wanted or wanted.star_tag:
        return {"version": "", "existing": existing}
    if not any(map(wanted.contains_weak, tags)):
        raise not_met()
    return {"version": version, "existing": existing}


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
