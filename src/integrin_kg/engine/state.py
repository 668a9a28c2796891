"""What a host answers from: the statements, what follows from them, and which of them may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from integrin_kg.explain import Explainer
from integrin_kg.kept import Difference, Kept
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner
from integrin_kg.rules import RuleSet
from integrin_kg.vocab import BASE, INFERRED_GRAPH, USER_GRAPHS, VOID_GRAPH

GraphName = NamedNode | BlankNode | DefaultGraph
_NO_PREMISES = (INFERRED_GRAPH, VOID_GRAPH)


@dataclass(frozen=True)
class Version:
    """Which state of the statements this is: the release that was built, and how many changes came
    since, on whose account.

    >>> str(Version("r1", "5f3a", 0)), str(Version("r1", "5f3a", 2))
    ('r1', 'r1-5f3a-2')
    """

    release: str
    origin: str = ""
    serial: int = 0

    def __str__(self) -> str:
        return f"{self.release}-{self.origin}-{self.serial}" if self.serial else self.release

    def next(self) -> Version:
        """Return the version after one more change."""
        return replace(self, serial=self.serial + 1)


@dataclass
class State:
    """The statements in a ``store``, the ``explainer`` of what follows where there was reasoning, and
    what a change must know: the ``ontology`` and ``rules`` that reasoned, the ``shipped`` graphs,
    which no change may touch unless they are ``unlocked``, and where statements are ``kept``.

    ``union`` says that queries see all graphs as one where they name none; ``services`` are the other
    endpoints that they may call.
    """

    store: Store
    version: Version
    explainer: Explainer[Reasoner] | None = None
    ontology: Ontology = field(default_factory=lambda: Ontology([]))
    rules: RuleSet = field(default_factory=RuleSet)
    shipped: frozenset[NamedNode] = frozenset()
    unlocked: bool = False
    union: bool = True
    services: frozenset[str] = frozenset()
    kept: Kept | None = None

    @property
    def reasoner(self) -> Reasoner | None:
        """What reasons, if anything does."""
        return self.explainer.reasoner if self.explainer else None

    def may_change(self, graph: GraphName) -> bool:
        """Return whether a user's change may touch ``graph``: an inferred one never, a shipped one not
        unless unlocked; beside shipped ones a graph has a name, and none that could be mistaken for ours."""
        if graph == INFERRED_GRAPH:
            return self.reasoner is None and not self.shipped
        if self.unlocked or not self.shipped:
            return True
        if graph in self.shipped or not isinstance(graph, NamedNode):
            return False
        return graph.value.startswith(USER_GRAPHS) or not graph.value.startswith(BASE)

    def snapshot(self, graphs: Iterable[GraphName] | None = None) -> Snapshot:
        """Return what is stated now, and what stands beside it as inferred; in some ``graphs`` only where
        no more is of interest."""
        return self._snapshot(
            self.store if graphs is None else chain.from_iterable(map(self._in_graph, graphs))
        )

    def snapshot_of(self, quads: Iterable[Quad]) -> Snapshot:
        """Return which of ``quads`` are stated now, and which stand as inferred."""
        return self._snapshot(quad for quad in quads if quad in self.store)

    def _snapshot(self, found: Iterable[Quad]) -> Snapshot:
        inferred = INFERRED_GRAPH if self.reasoner is not None else None
        by_kind: tuple[list[Quad], list[Quad]] = [], []
        for quad in found:
            by_kind[quad.graph_name == inferred].append(quad)
        named = frozenset(graph for graph in self.store.named_graphs() if graph != inferred)
        return Snapshot(frozenset(by_kind[False]), named, frozenset(by_kind[True]))

    def _in_graph(self, graph: GraphName) -> Iterable[Quad]:
        return self.store.quads_for_pattern(None, None, None, graph)

    def inferred(self) -> frozenset[Quad]:
        """Return what the graph of inferred statements holds."""
        return frozenset(self._in_graph(INFERRED_GRAPH))

    def is_premise(self, quad: Quad) -> bool:
        """Return whether rules see ``quad``: what they inferred and what describes the dataset is none."""
        return quad.graph_name not in _NO_PREMISES

    def still_stated(self, triple: Triple) -> bool:
        """Return whether any graph that rules see holds ``triple``."""
        quads = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(map(self.is_premise, quads))

    def stated(self) -> Iterable[Triple]:
        """Yield the triple of every statement that rules see, for each graph that holds it."""
        return (quad.triple for quad in self.store if self.is_premise(quad))


@dataclass(frozen=True)
class Snapshot:
    """All statements, the named graphs and what stood as inferred at one moment."""

    quads: frozenset[Quad]
    graphs: frozenset[NamedNode | BlankNode]
    inferred: frozenset[Quad] = frozenset()

    def seeing(self, further: Snapshot) -> Snapshot:
        """Return this moment with what ``further`` saw of others, as long as it was like that."""
        return replace(self, quads=self.quads | further.quads, inferred=self.inferred | further.inferred)

    def __sub__(self, before: Snapshot) -> Difference:
        """Return what leads from ``before`` to here, of what is stated."""
        return Difference(
            added=self.quads - before.quads,
            removed=before.quads - self.quads,
            graphs_added=self.graphs - before.graphs,
            graphs_removed=before.graphs - self.graphs,
        )
