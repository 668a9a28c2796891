"""The process of the first host: builds the knowledge graph, then serves it.

Started by the keeper as ``python -m integrin_kg.engine.main SETTINGS ONTOLOGIES LISTENER LEASH``.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from integrin_kg import prebuilt, resources, written
from integrin_kg.engine import sandbox
from integrin_kg.engine.backend import Backend
from integrin_kg.engine.embedded import Embedded
from integrin_kg.engine.host import Host
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.staff import Staff
from integrin_kg.engine.state import State, Version
from integrin_kg.engine.worker import Limits
from integrin_kg.errors import MeantToBeRead
from integrin_kg.kept import Difference, Kept
from integrin_kg.knowledge import Knowledge
from integrin_kg.settings import Settings
from integrin_kg.vocab import INFERRED_GRAPH, VOID_GRAPH

if TYPE_CHECKING:
    from integrin_kg.remote.backend import Remote

_MIB = 1024 * 1024


def main(arguments: list[str]) -> None:
    """Serve until the keeper is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the keeper's to pass on
    settings = Settings(**json.loads(arguments[0]))
    beside = [Path(path) for path in json.loads(arguments[1])]
    listener, leash = (socket.socket(fileno=int(descriptor)) for descriptor in arguments[2:4])
    line = Leash(leash)
    gc.disable()  # all that is made now stays: to look through it again and again is a third of the time
    try:
        state = build(settings, beside)
    except (MeantToBeRead, OSError) as error:
        line.send({"error": str(error)})
        return
    limits = Limits(memory=settings.query_memory * _MIB, change_memory=settings.update_memory * _MIB)
    memory = settings.workers * settings.query_memory * _MIB
    serve(Host(state, listener, line, Staff(settings.workers, settings.concurrency, memory=memory), limits))


def serve(host: Host) -> None:
    """Run ``host``, and in the processes that make changes, their hosts, to their ends."""
    if host.state.sealed:
        sandbox.close()
    heir: Host | None = host
    while heir:
        heir = heir.run()
    os._exit(0)  # nothing is left to tidy, and a large store takes long to take down


def build(settings: Settings, beside: Sequence[Path] = ()) -> Backend:
    """Return what answers queries as ``settings`` ask for.

    Raises :class:`~integrin_kg.errors.MeantToBeRead` and :class:`OSError`.
    """
    return elsewhere(settings, beside) if settings.remote else Embedded(embedded(settings, beside))


def elsewhere(settings: Settings, beside: Sequence[Path] = (), *, anew: bool = False) -> Remote:
    """Return what answers from the engine that ``settings`` name, loaded where it need be; with ``anew`` it
    is reasoned over in any case.

    Raises what :meth:`Knowledge.assemble` and :func:`~integrin_kg.remote.loading.load` do.
    """
    from integrin_kg.remote.backend import connect  # the embedded store needs no HTTP client

    knowledge = prebuilt.knowledge(reasoning=False, beside=beside)
    knowledge.own.tell_what_is_beyond()
    return connect(settings, knowledge, release(settings, beside), anew=anew)


def embedded(settings: Settings, beside: Sequence[Path] = ()) -> State:
    """Return the state that ``settings`` ask for.

    Raises what :meth:`Knowledge.assemble` does, and :class:`KeptError`.
    """
    kept = Kept(Path(settings.folder)) if settings.folder else None
    since = _since(kept) if kept else None
    knowledge = _knowledge(settings, beside, since)
    knowledge.own.tell_what_is_beyond()
    store = knowledge.store()
    for graph in since.graphs_added if since else ():
        store.add_graph(graph)
    origin, serial = (kept.origin, kept.serial) if kept else (os.urandom(4).hex(), 0)
    return State(
        store,
        Version(release(settings, beside), origin, serial),
        knowledge.explainer() if settings.reasoning else None,
        knowledge.ontology,
        knowledge.rules,
        knowledge.shipped | {INFERRED_GRAPH, VOID_GRAPH} if knowledge.shipped else frozenset(),
        unlocked=settings.unlock,
        union=not settings.empty,
        services=frozenset(settings.allow_service),
        kept=kept,
    )


def _since(kept: Kept) -> Difference:
    taken = frozenset(kept.statements(holding=False))
    return Difference(frozenset(kept.statements()), taken, frozenset(kept.graphs()))


def _knowledge(settings: Settings, beside: Sequence[Path], since: Difference | None) -> Knowledge:
    if settings.release:
        return written.read(Path(settings.release), reasoning=settings.reasoning)
    if settings.empty or (since and (since.added or since.removed)):
        return Knowledge.assemble(
            reasoning=settings.reasoning,
            empty=settings.empty,
            beside=beside,
            since=since,
            as_stored=settings.writable,
        )
    return prebuilt.knowledge(reasoning=settings.reasoning, beside=beside, as_stored=settings.writable)


def release(settings: Settings, beside: Sequence[Path]) -> str:
    """Return what tells the graph that is built now from that of other sources or another version."""
    if settings.release:
        return prebuilt.digest([Path(settings.release)], str(settings.reasoning))
    from importlib.metadata import version  # replicas, which begin in a moment, need none

    sources = [*([] if settings.empty else [resources.ontology_folder()]), *beside]
    return prebuilt.digest(sources, version("integrin-kg"), str(settings.empty), str(settings.reasoning))


if __name__ == "__main__":
    main(sys.argv[1:])
