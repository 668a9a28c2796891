"""The shipped graph, opened where it was built before and built where not.

What was built is kept in the user's cache, in ``$INTEGRIN_KG_CACHE`` or ``$XDG_CACHE_HOME/integrin-kg``,
under a name that tells its sources, and the code that built it, from all others. An empty
``$INTEGRIN_KG_CACHE`` keeps nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyoxigraph
from pyoxigraph import RdfFormat, serialize

from integrin_kg import resources, written
from integrin_kg.knowledge import Knowledge

VARIABLE = "INTEGRIN_KG_CACHE"

_PACKAGE = Path(__file__).parent
_MOST = 8


def knowledge(*, reasoning: bool = True, beside: Sequence[Path] = (), as_stored: bool = False) -> Knowledge:
    """Return what :meth:`Knowledge.assemble` does; with nothing ``beside`` it, from what was built before.

    Raises what that does.
    """
    kept = folder()
    if beside or kept is None:
        return Knowledge.assemble(reasoning=reasoning, beside=beside, as_stored=as_stored)
    name = digest([resources.ontology_folder()], _built_by(), str(reasoning), str(as_stored))
    path = kept / f"{name}.nq"
    with suppress(FileNotFoundError, NotADirectoryError, written.NotWrittenError):
        return written.read(path, reasoning=reasoning)
    built = Knowledge.assemble(reasoning=reasoning, as_stored=as_stored)
    _keep(built, path)
    return built


def digest(paths: Iterable[Path], *further: str) -> str:
    """Return what tells one content of the files at and below ``paths``, and ``further``, from another."""
    found = hashlib.sha256("\0".join(further).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:12]


def folder() -> Path | None:
    """Return where built graphs are kept; None where they are not."""
    given = os.environ.get(VARIABLE)
    if given is not None:
        return Path(given) if given else None
    try:
        above = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # nobody's process
        return None
    return Path(above) / "integrin-kg"


@lru_cache
def _built_by() -> str:
    """Return what tells the code that builds from any other."""
    return digest(sorted(_PACKAGE.glob("*.py")), pyoxigraph.__version__)


def _keep(built: Knowledge, path: Path) -> None:
    """Write ``built`` to ``path``, whole or not at all; not where the file would not say all that it is."""
    if built.inference is not None and len(built.inference) != len(built.inference.quads()):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
            try:
                serialize(built.quads(), draft, RdfFormat.N_QUADS)
                draft.flush()
                Path(draft.name).replace(path)
            finally:
                Path(draft.name).unlink(missing_ok=True)
        by_age = sorted(path.parent.glob("*.nq"), key=lambda kept: kept.stat().st_mtime)
        for old in by_age[:-_MOST]:
            old.unlink(missing_ok=True)
    except OSError:
        return  # a home that cannot be written to, a full disk: it is built again next time
