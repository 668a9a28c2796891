"""What an engine answers with, as a file to read while it comes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import requests

from integrin_kg.engine.messages import Problem

_CHUNK = 1 << 16

# The names that Virtuoso gives to blank nodes are allowed in no format.
_UNNAMED = b'"bnode", "value": "nodeID://'
_NAMED = b'"bnode", "value": "'


class Body(io.RawIOBase):
    """A response as a file to read, with Virtuoso's blank nodes under names that formats allow."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__()
        self._chunks = _renamed(response.iter_content(_CHUNK))
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._held = chunk
        part = self._held[: len(buffer)]
        buffer[: len(part)] = part
        self._held = self._held[len(part) :]
        return len(part)


def _whole(chunks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except requests.RequestException as error:
        raise broken_off("the connection was lost") from error


def _renamed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in _whole(chunks):
        held = (held + chunk).replace(_UNNAMED, _NAMED)
        kept = len(_UNNAMED) - 1
        yield held[:-kept]
        held = held[-kept:]
    yield held


def broken_off(error: str) -> Problem:
    """Return the problem of an answer that is none."""
    return Problem(502, "Store failed", f"Its answer cannot be read, or broke off: {error}")
