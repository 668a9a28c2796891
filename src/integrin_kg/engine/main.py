"""The process of the first host: builds the knowledge graph, then serves it.

Started by the keeper as ``python -m integrin_kg.engine.main SETTINGS ONTOLOGIES LISTENER LEASH``.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from integrin_kg import resources
from integrin_kg.engine import sandbox
from integrin_kg.engine.host import Host, Staff
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.state import State, Version
from integrin_kg.engine.worker import Limits
from integrin_kg.kept import Difference, Kept, KeptError
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import OntologyError
from integrin_kg.reason import RuleExplosion
from integrin_kg.settings import Settings
from integrin_kg.tables import TableError
from integrin_kg.vocab import INFERRED_GRAPH, VOID_GRAPH

_MIB = 1024 * 1024
_MEANT_TO_BE_READ = (ClashError, KeptError, OntologyError, OSError, RuleExplosion, TableError)


def main(arguments: list[str]) -> None:
    """Serve until the keeper is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the keeper's to pass on
    settings = Settings(**json.loads(arguments[0]))
    beside = [Path(path) for path in json.loads(arguments[1])]
    listener, leash = (socket.socket(fileno=int(descriptor)) for descriptor in arguments[2:4])
    line = Leash(leash)
    try:
        state = build(settings, beside)
    except _MEANT_TO_BE_READ as error:
        line.send({"error": str(error)})
        return
    limits = Limits(memory=settings.query_memory * _MIB, change_memory=settings.update_memory * _MIB)
    memory = settings.workers * settings.query_memory * _MIB
    serve(Host(state, listener, line, Staff(settings.workers, settings.concurrency, memory=memory), limits))


def serve(host: Host) -> None:
    """Run ``host``, and in the processes that make changes, their hosts, to their ends."""
    if not host.state.services:
        sandbox.close()
    heir: Host | None = host
    while heir:
        heir = heir.run()
    os._exit(0)  # nothing is left to tidy, and a large store takes long to take down


def build(settings: Settings, beside: Iterable[Path] = ()) -> State:
    """Return the state that ``settings`` ask for.

    Raises what :meth:`Knowledge.assemble` does, and :class:`KeptError`.
    """
    beside = list(beside)
    kept = Kept(Path(settings.store)) if settings.store != "memory" else None
    since = None
    if kept:
        taken = frozenset(kept.statements(holding=False))
        since = Difference(frozenset(kept.statements()), taken, frozenset(kept.graphs()))
    knowledge = Knowledge.assemble(
        reasoning=settings.reasoning,
        empty=settings.empty,
        beside=beside,
        since=since,
        as_stored=settings.writable,
    )
    store = knowledge.store()
    for graph in since.graphs_added if since else ():
        store.add_graph(graph)
    sources = [*([] if settings.empty else [resources.ontology_folder()]), *beside]
    release = digest(sources, version("integrin-kg"), str(settings.empty), str(settings.reasoning))
    origin, serial = (kept.origin, kept.serial) if kept else (os.urandom(4).hex(), 0)
    return State(
        store,
        Version(release, origin, serial),
        knowledge.explainer() if settings.reasoning else None,
        knowledge.ontology,
        knowledge.rules,
        knowledge.shipped | {INFERRED_GRAPH, VOID_GRAPH} if knowledge.shipped else frozenset(),
        unlocked=settings.unlock,
        union=not settings.empty,
        services=frozenset(settings.allow_service),
        kept=kept,
    )


def digest(paths: Iterable[Path], *further: str) -> str:
    """Return what tells one content of the files at and below ``paths``, and ``further``, from another."""
    found = hashlib.sha256("\0".join(further).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1:])
