"""Texts that a command is given."""

from __future__ import annotations

import io
from pathlib import Path

from integrin_kg.errors import MeantToBeRead


class NotText(MeantToBeRead, ValueError):
    """A file that is no UTF-8; the message names it."""


def text(path: Path) -> str:
    """Return the text at ``path``; :class:`NotText` where it is none."""
    return decoded(path.read_bytes(), str(path))


def decoded(content: bytes, name: str) -> str:
    """Return ``content`` as text; :class:`NotText`, which calls it by ``name``, where it is none."""
    try:
        return io.TextIOWrapper(io.BytesIO(content), "utf-8").read()  # any line ends
    except UnicodeDecodeError as error:
        raise NotText(f"{name}: not UTF-8 (byte {error.start})") from error
