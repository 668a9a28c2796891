"""What a release holds: files that others cite, load and check, the same bytes every time.

A release needs the packages of the extra ``release``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from integrin_kg import files
from integrin_kg.knowledge import Knowledge
from integrin_kg.release import description, dumps, kgx, mappings, nanopublications, ontologies, terms

Writer = Callable[[Knowledge, Path], None]

CHECKSUMS = "SHA256SUMS"

ARTEFACTS: dict[str, Writer] = {
    **ontologies.ARTEFACTS,
    f"{files.NAME}.nq": files.write_nquads,
    f"{files.NAME}.jsonld": dumps.write_jsonld,
    "context.jsonld": dumps.write_context,
    terms.NAME: terms.write,
    f"{files.NAME}-nanopublications.trig": nanopublications.write,
    mappings.NAME: mappings.write,
    kgx.NODES: kgx.write_nodes,
    kgx.EDGES: kgx.write_edges,
    description.VOID: description.write,
}
"""What is released, by the name of the file, and what writes it: last what describes the files before it."""


def release(knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write every artefact and their checksums into ``folder``, or none; return the files' paths."""
    contents = {name: partial(write, knowledge) for name, write in ARTEFACTS.items()}
    return files.write_whole({**contents, CHECKSUMS: checksums}, folder)


def checksums(path: Path) -> None:
    """Write what ``sha256sum --check`` reads of the files that lie beside ``path``."""
    others = sorted(other for other in path.parent.iterdir() if other != path)
    lines = (f"{hashlib.sha256(other.read_bytes()).hexdigest()}  {other.name}\n" for other in others)
    path.write_text("".join(lines), "utf-8")
