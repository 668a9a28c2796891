"""The files that ``integrin-kg build`` writes: the same bytes from the same knowledge, every time.

They are written from the build and never dumped from a store, which rewrites literals.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import PREFIXES

NAME = "integrin-kg"


def write(knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write the knowledge graph into ``folder``; return the files' paths.

    ``.ttl`` and ``.owl`` hold what is asserted, ``-inferred.ttl`` what follows, ``.nq`` both, and
    their description, in their named graphs. No file is replaced before all are written whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asserted = _triples(knowledge.asserted)
    inferred = knowledge.inference.quads() if knowledge.inference else []
    quads = sorted(set(knowledge.quads()), key=str)
    contents: dict[str, Callable[[Path], object]] = {
        f"{NAME}.ttl": lambda path: _serialize(asserted, path, RdfFormat.TURTLE),
        f"{NAME}.owl": lambda path: _serialize(asserted, path, RdfFormat.RDF_XML),
        f"{NAME}-inferred.ttl": lambda path: _serialize(_triples(inferred), path, RdfFormat.TURTLE),
        f"{NAME}.nq": lambda path: serialize(quads, str(path), RdfFormat.N_QUADS),
    }
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as drafts:
        for name, save in contents.items():
            save(Path(drafts) / name)
        return [(Path(drafts) / name).replace(folder / name) for name in contents]


def _triples(quads: Iterable[Quad]) -> list[Triple]:
    return sorted({quad.triple for quad in quads}, key=str)


def _serialize(triples: list[Triple], path: Path, format: RdfFormat) -> None:
    serialize(triples, str(path), format, prefixes=PREFIXES)
