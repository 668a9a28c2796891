"""Claims held against the source: do the anchors still resolve, and what does no claim cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrin_kg.anchors import AnchorError, verify
from integrin_kg.records import Claim, Curation, Place, Problem, Section

_SENTENCE = re.compile(r"[^.]*?(?:\.(?=\s+[^a-z\s])|\n\s*\n|$)", re.DOTALL)
_WORTH_A_CLAIM = 40


@dataclass(frozen=True)
class Coverage:
    """How much of a section its claims cover, in characters, and its sentences without a claim."""

    section: Section
    claims: int
    length: int
    covered: int
    bare: tuple[tuple[int, int], ...]


def broken_anchors(source: str, claims: Iterable[Claim]) -> list[Problem]:
    """Return a problem for each claim whose anchor does not resolve in ``source``."""
    problems = []
    for claim in claims:
        try:
            if claim.anchor:
                verify(source, claim.anchor)
        except AnchorError as error:
            place = Place(claim.place.file, claim.place.line, "anchor")
            problems.append(Problem(place, f"{claim.slug}: {error}"))
    return problems


def coverage(source: str, curation: Curation) -> Iterator[Coverage]:
    """Yield the coverage of each section, in the order of the table of sections."""
    covered = bytearray(len(source))
    for claim in curation.claims:
        if claim.anchor:
            start, end = claim.anchor.start, claim.anchor.end
            covered[start:end] = b"\x01" * (end - start)
    for section in curation.sections:
        yield Coverage(
            section,
            sum(claim.section == section for claim in curation.claims),
            sum(end - start for start, end in section.spans),
            sum(sum(covered[start:end]) for start, end in section.spans),
            tuple(span for spans in section.spans for span in _bare(source, covered, *spans)),
        )


def _bare(source: str, covered: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a span, long enough to say something, in which no claim is anchored."""
    for match in _SENTENCE.finditer(source, start, end):
        first, last = match.span()
        if len(match.group().strip()) >= _WORTH_A_CLAIM and not any(covered[first:last]):
            yield first, last
