"""The list of a release's terms, and the promise that it keeps: none of an earlier list is missing.

A released version's list is kept as ``ontology/releases/VERSION.tsv``.
"""

from __future__ import annotations

from pathlib import Path

from integrin_kg.diff import compare
from integrin_kg.knowledge import Knowledge
from integrin_kg.releases import Release, ReleaseError, write_terms

NAME = "integrin-kg-terms.tsv"


def write(knowledge: Knowledge, path: Path) -> None:
    """Write the terms of ``knowledge``; :class:`ReleaseError` where one of an earlier release is missing."""
    now = Release.of("this release", knowledge.quads())
    keep_promises(now, knowledge.folder / "releases" if knowledge.folder else None)
    write_terms(now, path)


def keep_promises(now: Release, past: Path | None) -> None:
    """Raise :class:`ReleaseError` where a term of a list in the folder ``past`` has vanished without being
    deprecated, with each that has."""
    vanished = {
        term.iri: f"  {term.kind} {term.label} <{term.iri}>, released in {path.stem}"
        for path in sorted(past.glob("*.tsv") if past else ())
        for term in compare(Release.read(path), now).vanished
    }
    if vanished:
        raise ReleaseError(
            "terms of earlier releases are missing; deprecate them (ontology/data/deprecated.tsv) instead:\n"
            + "\n".join(vanished.values())
        )
