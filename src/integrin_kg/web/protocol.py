"""What the SPARQL 1.1 Protocol's two operations have in common: how a request carries its text.

The request is Flask's current one where none is given. https://www.w3.org/TR/sparql11-protocol/#protocol
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import unquote_to_bytes

from flask import request as current
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict

from integrin_kg.engine.messages import Problem


class Carrier(Protocol):
    """What is asked of a request here; Flask's is one."""

    @property
    def method(self) -> str: ...
    @property
    def mimetype(self) -> str: ...
    @property
    def mimetype_params(self) -> Mapping[str, str]: ...
    @property
    def query_string(self) -> bytes: ...
    @property
    def args(self) -> MultiDict[str, str]: ...
    @property
    def form(self) -> MultiDict[str, str]: ...
    @property
    def values(self) -> MultiDict[str, str]: ...
    @property
    def base_url(self) -> str: ...
    def get_data(self) -> bytes: ...


FORM = "application/x-www-form-urlencoded"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"

_READS = ("GET", "HEAD")
_NOT_ASCII = re.compile(rb"%[89A-Fa-f]|[\x80-\xff]")
_OTHER = {"query": "update", "update": "query"}


def operation(name: str, media_type: str, request: Carrier = current) -> str | None:
    """Return the text of the ``name`` (query or update) that the request carries: as a parameter, of
    the URL or of a form, or as the body, of ``media_type``; None where it carries none.

    Raises :class:`Problem` (400, 415) where it carries several or is not in UTF-8 or a type that there is.
    """
    _check_utf8(request.query_string)
    if request.method in _READS or request.mimetype in ("", FORM):
        _check_utf8(request.get_data())
        found = [*request.args.getlist(name), *request.form.getlist(name)]
    elif request.mimetype == media_type:
        if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise Problem(415, "Unsupported charset", f"A {name} must be UTF-8.")
        found = [*request.args.getlist(name), decoded(request.get_data())]
    else:
        raise Problem(415, "Unsupported media type", f"POST a form ({FORM}) or {media_type}.")
    if len(found) > 1:
        raise Problem(400, f"More than one {name}", f"Give one {name}, once.")
    if _OTHER[name] in request.values:
        raise Problem(400, "Two operations", f"This is for a {name}; there is a {_OTHER[name]} with it.")
    return found[0] if found else None


def graphs(name: str, request: Carrier = current) -> list[str]:
    """Return the IRIs that the request gives under ``name``; :class:`Problem` where one is none."""
    return [absolute(iri, name) for iri in request.values.getlist(name)]


def absolute(iri: str, name: str) -> str:
    """Return ``iri``, given under ``name``; :class:`Problem` where it is no absolute IRI."""
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise Problem(
            400, "No IRI", f"The parameter {name!r} is no absolute IRI: {iri!r} ({error})."
        ) from error


def timeout(longest: float, request: Carrier = current) -> float:
    """Return how many seconds the request allows, never more than ``longest``."""
    try:
        wanted = float(request.values.get("timeout", longest))
    except ValueError as error:
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' is a number of seconds.") from error
    if not (math.isfinite(wanted) and wanted > 0):
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' must be above zero and finite.")
    return min(wanted, longest)


def base(request: Carrier = current) -> str:
    """Return the URL of the request without its parameters, against which relative IRIs are resolved."""
    return NamedNode(request.base_url).value if _is_iri(request.base_url) else "http://localhost/"


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _check_utf8(encoded: bytes) -> None:
    # Flask takes malformed bytes for the text of their escapes, which would be another query.
    if _NOT_ASCII.search(encoded):
        decoded(unquote_to_bytes(encoded))


def decoded(data: bytes) -> str:
    """Return ``data`` as text; :class:`Problem` where it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "Not UTF-8", f"The request has a malformed byte at {error.start}.") from error
