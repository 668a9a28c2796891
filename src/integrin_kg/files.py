"""The files that ``integrin-kg build`` writes: the same bytes from the same knowledge, every time.

They are written from the build and never dumped from a store, which rewrites literals.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, serialize
from tqdm import tqdm

from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import PREFIXES

NAME = "integrin-kg"


def write(knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write the knowledge graph into ``folder``; return the files' paths.

    ``.ttl`` and ``.owl`` hold what is asserted, ``-inferred.ttl`` what follows, ``.nq`` both, and
    their description, in their named graphs. No file is replaced before all are written whole.
    """
    asserted = triples(knowledge.asserted)
    inferred = knowledge.inference.quads() if knowledge.inference else []
    return write_whole(
        {
            f"{NAME}.ttl": lambda path: _serialize(asserted, path, RdfFormat.TURTLE),
            f"{NAME}.owl": lambda path: _serialize(asserted, path, RdfFormat.RDF_XML),
            f"{NAME}-inferred.ttl": lambda path: _serialize(triples(inferred), path, RdfFormat.TURTLE),
            f"{NAME}.nq": lambda path: write_nquads(knowledge, path),
        },
        folder,
    )


def write_nquads(knowledge: Knowledge, path: Path) -> None:
    """Write all that is asserted and inferred, and the description of both, in their named graphs."""
    serialize(sorted(set(knowledge.quads()), key=str), str(path), RdfFormat.N_QUADS)


def write_whole(contents: Mapping[str, Callable[[Path], object]], folder: Path) -> list[Path]:
    """Write the files that ``contents`` name into ``folder``, each by what saves it, in that order; return
    their paths.

    They are written beside each other in a folder of their own, and replace those in ``folder`` once all
    are there, so that a failure leaves the old ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as drafts:
        for name, save in tqdm(contents.items(), "Writing", unit="file", leave=False, disable=None):
            save(Path(drafts) / name)
        return [(Path(drafts) / name).replace(folder / name) for name in contents]


def triples(quads: Iterable[Quad]) -> list[Triple]:
    """Return the triples of ``quads``, sorted and without repetition."""
    return sorted({quad.triple for quad in quads}, key=str)


def _serialize(triples: list[Triple], path: Path, format: RdfFormat) -> None:
    serialize(triples, str(path), format, prefixes=PREFIXES)
