"""Anchors: where in the source a claim is made, without a copy of the sentence.

An anchor is a span of character offsets (code points of the UTF-8 text, first included, last
excluded) and the SHA-256 of the span's normalised text. While a claim is being written its anchor
may be given as a quotation ``first words ... last words``; :func:`locate` turns it into offsets.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from integrin_kg.errors import MeantToBeRead
from integrin_kg.text import normalise

_IGNORED_BETWEEN_WORDS = r"[\s\u00a0\u00ad\-\u2010-\u2013\u2212]*"
_TOKEN = re.compile(r"\w+|[^\w\s]")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)\s*")


class AnchorError(MeantToBeRead, ValueError):
    """A span or a quotation that does not fit the source; the message says which and why."""


@dataclass(frozen=True, order=True)
class Anchor:
    """A span of the source and the hash it must have."""

    start: int
    end: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


def digest(span: str) -> str:
    """Return the SHA-256, in hex, of the normalised ``span``.

    >>> digest("inte-\\ngrin") == digest("integrin")
    True
    """
    return hashlib.sha256(normalise(span).encode("utf-8")).hexdigest()


def anchor(source: str, start: int, end: int) -> Anchor:
    """Return the anchor of ``source[start:end]``; :class:`AnchorError` where that is no span.

    >>> anchor("an integrin binds", 3, 11).start
    3
    """
    if not 0 <= start < end <= len(source):
        raise AnchorError(f"{start}-{end} is not a span of the source's {len(source)} characters")
    return Anchor(start, end, digest(source[start:end]))


def verify(source: str, claimed: Anchor) -> None:
    """Raise :class:`AnchorError` where the source at ``claimed`` is not the text it was taken of."""
    if anchor(source, claimed.start, claimed.end).sha256 != claimed.sha256:
        raise AnchorError(f"the text at {claimed} is not the text this anchor was taken of")


def locate(source: str, quotation: str) -> Anchor:
    """Return the anchor of a quotation: a phrase, or ``first words ... last words``.

    White space, hyphens and line breaks do not count. The phrase must occur once; of the last
    words the nearest place after the first is taken. Raises :class:`AnchorError` where it is not
    found or not unique.

    >>> text = "An integrin is a recep-\\ntor. It binds."
    >>> locate(text, "An integrin ... receptor").end
    27
    """
    first, *rest = _ELLIPSIS.split(quotation.strip())
    if len(rest) > 1:
        raise AnchorError(f"more than one ellipsis in {quotation!r}: give first words ... last words")
    # Looked for without being taken, or a phrase that overlaps itself would pass for unique.
    starts = list(re.finditer(f"(?=({_pattern(first).pattern}))", source))
    if not starts:
        raise AnchorError(f"{first!r} does not occur in the source")
    if len(starts) > 1:
        raise AnchorError(f"{first!r} occurs {len(starts)} times in the source: give more words")
    start, end = starts[0].span(1)
    if rest:
        last = _pattern(rest[0]).search(source, end)
        if last is None:
            raise AnchorError(f"{rest[0]!r} does not follow {first!r} in the source")
        end = last.end()
    return anchor(source, start, end)


def _pattern(phrase: str) -> re.Pattern[str]:
    # A word may be hyphenated at a line's end anywhere, so every two characters of it may be
    # parted; the Greek nu stands for v in places.
    tokens = _TOKEN.findall(re.sub(r"[\-\u2010-\u2013\u2212]", " ", normalise(phrase)))
    if not tokens:
        raise AnchorError(f"{phrase!r} has no word to look for")
    characters = [char for token in tokens for char in token]
    return re.compile(_IGNORED_BETWEEN_WORDS.join(_character(char) for char in characters))


def _character(char: str) -> str:
    variants = {"v": "[v\u03bd]", "'": "['\u2018\u2019]", '"': '["\u201c\u201d]'}
    return variants.get(char, re.escape(char))
