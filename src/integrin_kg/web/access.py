"""Who may write: whoever shows the token, where writing is on at all (RFC 6750)."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import request

from integrin_kg.engine.leash import Message
from integrin_kg.engine.messages import Change, Problem
from integrin_kg.settings import Settings

Make = Callable[[Change, Sequence[IO[bytes]]], Message]
"""Makes a change, with the documents that it uploads, and returns what it did."""

VARIABLE = "INTEGRIN_KG_TOKEN"


@dataclass(frozen=True, repr=False)
class Token:
    """The secret that allows writing; an empty one allows nothing."""

    secret: str

    @classmethod
    def of(cls, settings: Settings) -> Token:
        """Return the token in the file that ``settings`` name, or in the environment.

        Raises :class:`OSError` where the file cannot be read.
        """
        if settings.token_file:
            return cls(Path(settings.token_file).read_text("utf-8").strip())
        return cls(os.environ.get(VARIABLE, "").strip())

    def __bool__(self) -> bool:
        return bool(self.secret)

    def __repr__(self) -> str:
        return "Token(...)"  # no log shows it

    def admits(self, shown: str) -> bool:
        """Return whether ``shown`` is the token; how long that takes tells nothing about it.

        >>> Token("s3cret").admits("s3cret"), Token("").admits("")
        (True, False)
        """
        return bool(self) and hmac.compare_digest(self.secret.encode(), shown.encode("utf-8", "replace"))


def demand(settings: Settings, token: Token) -> None:
    """Raise :class:`Problem` where the current request may not write: 403 where nobody may, 401 where
    it does not show the token."""
    if not settings.writable:
        raise Problem(403, "Read-only", "Writing is off: start the server with --writable and a token.")
    if not token:
        raise Problem(
            403, "Read-only", f"Writing is off: the server was started without {lacking(settings)}."
        )
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.admits(shown.strip()):
        detail = "Writing needs the header 'Authorization: Bearer TOKEN' with the server's token."
        problem = Problem(401, "Token needed", detail)
        error = ', error="invalid_token"' if scheme else ""
        problem.headers["WWW-Authenticate"] = f'Bearer realm="integrin-kg"{error}'
        raise problem


def lacking(settings: Settings) -> str:
    """Return what would give the server a token."""
    return "a token in its --token-file" if settings.token_file else VARIABLE


def nobody(change: Change, documents: Sequence[IO[bytes]]) -> Message:
    """Refuse ``change``: what an application without an engine to change makes of it."""
    raise Problem(503, "Nothing to change", "There is no engine behind this application.")
