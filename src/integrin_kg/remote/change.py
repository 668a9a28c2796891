"""A change to what an engine holds: staged in graphs that nobody reads, reasoned over there, then made with
all that follows from it in one update, or dropped.

The change itself is evaluated here, on a copy of the graphs that it may touch, so that what is refused, and
how, is the same as for the embedded store. What adds plain facts costs their consequences only; after all
else (a removal, an axiom, a blank node) everything is concluded anew, beside what readers see meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from integrin_kg.apart import tell_apart
from integrin_kg.classify import classified
from integrin_kg.engine.backend import Report
from integrin_kg.engine.change import (
    evaluated,
    met,
    on_stack,
    pretence,
    refuse_clashes,
    refuse_forbidden,
    rules_told,
    touched_by,
    unreasonable,
)
from integrin_kg.engine.messages import Change
from integrin_kg.engine.state import State
from integrin_kg.explain import Document, Explainer
from integrin_kg.kept import Difference
from integrin_kg.remote import graphs
from integrin_kg.remote.endpoint import Dataset, Endpoint
from integrin_kg.remote.fixpoint import Chainer
from integrin_kg.remote.graphs import APART, Workspace, said, unsaid
from integrin_kg.remote.loading import Loaded, apart, with_users
from integrin_kg.remote.premises import AskedReasoner, SupposingReasoner
from integrin_kg.remote.rendering import Reading
from integrin_kg.rules import compile_rules, is_axiomatic
from integrin_kg.vocab import INFERRED_GRAPH, VOID_GRAPH

_CHANGE = Workspace("change")
_INFERRED = INFERRED_GRAPH.value


@dataclass(frozen=True)
class _Outcome:
    """What a change comes to: ``steps`` of the update that makes it, how many triples follow now, and how
    many no longer do, what is to be known afterwards, and how the rules changed."""

    steps: tuple[str, ...]
    loaded: Loaded
    added: int = 0
    removed: int = 0
    rules: Report | None = None


def make(
    endpoint: Endpoint,
    loaded: Loaded,
    change: Change,
    documents: Sequence[IO[bytes]],
    stack: int,
    reasoning: bool,
) -> tuple[Report, Loaded]:
    """Make ``change``, with the ``documents`` that it uploads; return what it did, and what is to be known of
    the graph thereafter.

    Raises :class:`Problem` where it is refused or fails; then no reader sees anything of it.
    """
    mirror = _mirror(endpoint, loaded, on_stack(stack, lambda: touched_by(change)))
    existed = met(mirror, change)
    before, after = on_stack(stack, lambda: evaluated(mirror, change, documents))
    difference, pretended = _told_apart(after - before)
    refuse_forbidden(mirror, difference)
    if pretended and not (difference and reasoning):
        raise pretence()
    outcome = _Outcome((), loaded)
    if difference:
        outcome = _staged(endpoint, loaded, difference, pretended, mirror.store, reasoning)
        outcome = _commit(endpoint, outcome, difference, mirror.store)
    report: Report = {
        "version": str(outcome.loaded.standing.version),
        "existed": existed,
        "added": len(difference.added),
        "removed": len(difference.removed),
        "inferred": {"added": outcome.added, "removed": outcome.removed},
    }
    return report | ({"rules": outcome.rules} if outcome.rules else {}), outcome.loaded


def _told_apart(whole: Difference) -> tuple[Difference, Difference]:
    """What a change does to what is stated, and to what is inferred: one that removes a thing from every
    graph removes what follows about it too, and may where that follows no longer."""
    added = frozenset(quad for quad in whole.added if quad.graph_name == INFERRED_GRAPH)
    removed = frozenset(quad for quad in whole.removed if quad.graph_name == INFERRED_GRAPH)
    graphs = whole.graphs_removed - {INFERRED_GRAPH}
    stated = Difference(whole.added - added, whole.removed - removed, whole.graphs_added, graphs)
    return stated, Difference(added, removed)


def _mirror(endpoint: Endpoint, loaded: Loaded, touched: set[Any] | None) -> State:
    """A copy of the graphs that a change may touch, or see, under the same policy."""
    readable = (*loaded.asserted, _INFERRED, VOID_GRAPH.value)
    store = Store()
    for graph in readable:
        name = NamedNode(graph)
        store.add_graph(name)
        if touched is None or name in touched:
            held = graphs.content(endpoint, graph)
            store.extend(Quad(t.subject, t.predicate, t.object, name) for t in held)
    shipped = loaded.shipped | {INFERRED_GRAPH, VOID_GRAPH}
    return State(store, loaded.standing.version, shipped=shipped)


def _staged(
    endpoint: Endpoint,
    loaded: Loaded,
    difference: Difference,
    pretended: Difference,
    store: Store,
    reasoning: bool,
) -> _Outcome:
    """Stage ``difference``, after which the graphs it touches are as in ``store``, and reason over it."""
    with unreasonable():
        if reasoning and not pretended and _adds_plain_facts(difference):
            return _followed(endpoint, loaded, difference)
        outcome = _replaced(endpoint, loaded, difference, store, reasoning)
        if pretended:
            _refuse_pretence(endpoint, pretended)
        return outcome


def _refuse_pretence(endpoint: Endpoint, pretended: Difference) -> None:
    due = set(graphs.content(endpoint, _CHANGE.concluded))
    false = any(quad.triple not in due for quad in pretended.added)
    if false or any(quad.triple in due for quad in pretended.removed):
        raise pretence()


def _adds_plain_facts(difference: Difference) -> bool:
    triples = [quad.triple for quad in difference.added]
    special = any(is_axiomatic(t) for t in triples) or tell_apart(triples) or any(map(_unnamed, triples))
    return not (special or difference.removed or difference.graphs_removed)


def _unnamed(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _followed(endpoint: Endpoint, loaded: Loaded, difference: Difference) -> _Outcome:
    """What follows from facts that are added."""
    work = _CHANGE
    work.clear(endpoint)
    lines = graphs.as_lines(quad.triple for quad in difference.added)
    graphs.add(endpoint, work.given, lines)
    chainer = _chainer(endpoint, loaded, work)
    chainer.extend()
    explains = explainer(endpoint, loaded, work)
    refuse_clashes(explains, chainer.new_clashes())
    known = _shared(endpoint, work.given, _INFERRED)
    taken = f"GRAPH <{_INFERRED}> {{ ?s ?p ?o }}"
    steps = [
        *_insertions(difference),
        f"DELETE {{ {taken} }} WHERE {{ GRAPH <{work.given}> {{ ?s ?p ?o }} {taken} }}",
        f"ADD SILENT GRAPH <{work.concluded}> TO GRAPH <{_INFERRED}>",
    ]
    return _Outcome(tuple(steps), loaded, _size(endpoint, work.concluded), known)


def _replaced(
    endpoint: Endpoint, loaded: Loaded, difference: Difference, store: Store, reasoning: bool
) -> _Outcome:
    """What follows once the graphs that a change touches are replaced by others: all of it."""
    work = _CHANGE
    touched = sorted(_touched(difference))
    work.clear(endpoint, len(touched))
    steps: list[str] = []
    replaced: dict[str, str] = {}
    for index, graph in enumerate(touched):
        held = [quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(graph))]
        graphs.fill(endpoint, work.staged(index), held)
        steps.append(f"CLEAR SILENT GRAPH <{graph}>")
        if held:
            replaced[graph] = work.staged(index)
            steps.append(f"ADD SILENT GRAPH <{work.staged(index)}> TO GRAPH <{graph}>")
    users = (*(graph for graph in loaded.users if graph not in touched), *replaced.values())
    if not reasoning:
        return _Outcome(tuple(steps), loaded)
    ontology = with_users(endpoint, loaded.own, users)
    future = replace(loaded, ontology=ontology, rules=compile_rules(ontology), users=users)
    graphs.fill(endpoint, work.apart, apart(future.apart))
    chainer = _chainer(endpoint, future, work, work.apart)
    chainer.saturate()
    refuse_clashes(_explainer(endpoint, future, future.asserted, work.concluded), chainer.clashes())
    for source, target in ((work.concluded, _INFERRED), (work.apart, APART)):
        steps += [f"CLEAR SILENT GRAPH <{target}>", f"ADD SILENT GRAPH <{source}> TO GRAPH <{target}>"]
    now, kept = _size(endpoint, work.concluded), _shared(endpoint, work.concluded, _INFERRED)
    axioms = any(is_axiomatic(quad.triple) for quad in difference.added | difference.removed)
    told = rules_told(loaded.rules, future.rules) if axioms else None
    return _Outcome(tuple(steps), future, now - kept, _size(endpoint, _INFERRED) - kept, told)


def _chainer(endpoint: Endpoint, loaded: Loaded, work: Workspace, apart: str = APART) -> Chainer:
    read = loaded.asserted if apart != APART else (*loaded.asserted, _INFERRED)
    return Chainer(endpoint, loaded.rules.rules, Reading(read, apart), work)


def explainer(endpoint: Endpoint, loaded: Loaded, work: Workspace | None = None) -> Explainer[AskedReasoner]:
    """Return what explains what follows from the graph, and from what ``work`` has been given."""
    if work is None:
        return _explainer(endpoint, loaded, loaded.asserted, _INFERRED)
    return _explainer(endpoint, loaded, (*loaded.asserted, work.given), _INFERRED, work.concluded)


def _explainer(
    endpoint: Endpoint, loaded: Loaded, asserted: Sequence[str], *inferred: str
) -> Explainer[AskedReasoner]:
    read = (*asserted, *inferred)
    return Explainer(
        AskedReasoner(endpoint, loaded.rules.rules, asserted, read, loaded.apart), loaded.support
    )


def classify(endpoint: Endpoint, loaded: Loaded, triples: Iterable[Triple]) -> Document:
    """Return what follows from ``triples`` beside what is known, with proofs, and what they clash with."""
    asserted = loaded.asserted
    reasoner = SupposingReasoner(endpoint, loaded.rules.rules, asserted, (*asserted, _INFERRED), loaded.apart)
    follows = reasoner.suppose(triples).added
    return classified(Explainer(reasoner, loaded.support), follows, reasoner.clashes)


# ---- making it ------------------------------------------------------------------------------------


def _commit(endpoint: Endpoint, outcome: _Outcome, difference: Difference, store: Store) -> _Outcome:
    """Have the engine make what is staged, in one update."""
    standing = outcome.loaded.standing
    touched = _touched(difference)
    there = {g for g in touched if any(True for _ in store.quads_for_pattern(None, None, None, NamedNode(g)))}
    marks = [said("user", "", g) if g in there else unsaid("user", g) for g in sorted(touched)]
    number = said("serial", standing.serial + 1)
    endpoint.update(said("changing", standing.serial + 1))
    endpoint.update(" ;\n".join([*outcome.steps, *marks, number, unsaid("changing")]))
    _CHANGE.clear(endpoint, len(touched))
    users = tuple(sorted((standing.users | set(outcome.loaded.users) | there) - (touched - there)))
    users = tuple(graph for graph in users if not graph.startswith(graphs.WORK))
    after = replace(standing, serial=standing.serial + 1, users=set(users))
    return replace(outcome, loaded=replace(outcome.loaded, users=users, standing=after))


def _insertions(difference: Difference) -> list[str]:
    by_graph: defaultdict[str, list[Triple]] = defaultdict(list)
    for quad in difference.added:
        assert isinstance(quad.graph_name, NamedNode)
        by_graph[quad.graph_name.value].append(quad.triple)
    return [
        f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(graphs.as_lines(triples))}}} }}"
        for graph, triples in sorted(by_graph.items())
    ]


def _touched(difference: Difference) -> set[str]:
    names = {quad.graph_name for quad in difference.added | difference.removed}
    names |= difference.graphs_added | difference.graphs_removed
    return {name.value for name in names if isinstance(name, NamedNode)}


def _size(endpoint: Endpoint, graph: str) -> int:
    return graphs.sizes(endpoint, [graph]).get(graph, 0)


def _shared(endpoint: Endpoint, one: str, other: str) -> int:
    """How many triples both graphs hold."""
    text = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{one}> {{ ?s ?p ?o }} GRAPH <{other}> {{ ?s ?p ?o }} }}"
    rows = endpoint.table(text, Dataset(named=(one, other)))
    return next(int(row["n"].value) for row in rows)
