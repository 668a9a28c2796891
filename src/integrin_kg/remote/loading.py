"""The build's graphs into an engine, one after another, and what follows from them.

The engine itself says which graphs are whole, in a graph of its own: whatever is cut off, the engine or this
process, the next attempt goes on with those that are not. Users' graphs are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from integrin_kg.apart import groups_apart, tell_apart
from integrin_kg.build import Support
from integrin_kg.dataset import describe
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.progress import bar
from integrin_kg.remote import graphs
from integrin_kg.remote.endpoint import Endpoint, StoreError
from integrin_kg.remote.fixpoint import Chainer
from integrin_kg.remote.graphs import APART, Standing, Workspace, said, sizes, unsaid
from integrin_kg.remote.rendering import APART as IN_GROUP
from integrin_kg.remote.rendering import Reading
from integrin_kg.rules import RuleSet, compile_rules
from integrin_kg.vocab import INFERRED_GRAPH, OWL, RDF, RDFS, VOID_GRAPH

LOADING = Workspace("load")

_AXIOMS = f"""SELECT DISTINCT ?s ?p ?o {{ ?s ?p ?o FILTER (
  STRSTARTS(STR(?p), "{OWL}") || ?p IN (<{RDF}first>, <{RDF}rest>, <{RDFS}subClassOf>, <{RDFS}subPropertyOf>,
  <{RDFS}domain>, <{RDFS}range>, <{RDFS}label>) || (?p = <{RDF}type> && STRSTARTS(STR(?o), "{OWL}"))) }}"""

Graphs = dict[str, list[Triple]]


@dataclass(frozen=True)
class Loaded:
    """What is to be known of a graph that an engine holds: the ontology, our ``own`` and with the axioms of
    users, its rules, the claims behind plain statements, what of ours says which things are different, the
    graphs that the build and that users wrote, and where all of it stands."""

    own: Ontology
    ontology: Ontology
    rules: RuleSet
    support: Support
    lists: tuple[Triple, ...]
    shipped: frozenset[NamedNode]
    users: tuple[str, ...]
    standing: Standing

    @property
    def apart(self) -> list[Triple]:
        """What says which things are different."""
        return [*self.lists, *self.ontology.triples]

    @property
    def asserted(self) -> tuple[str, ...]:
        """The graphs that rules read."""
        return (*sorted(graph.value for graph in self.shipped), *self.users)


def load(
    endpoint: Endpoint, knowledge: Knowledge, release: str, *, reasoning: bool = True, anew: bool = False
) -> Loaded:
    """See that the engine holds the graphs of ``knowledge``, which is ``release``, and all that follows from
    them and from what users wrote; return what is to be known of it. With ``anew`` it is reasoned over again
    even where nothing says that it need be.

    Raises :class:`~integrin_kg.engine.messages.Problem` where the engine fails, :class:`StoreError` where it
    does not keep what it is given, :class:`ClashError`, and
    :class:`~integrin_kg.backward.RuleExplosion`.
    """
    standing = Standing.read(endpoint)
    wanted = by_graph(knowledge.stated())
    missing = _missing(endpoint, standing, wanted)
    gone = set(standing.digests) - set(wanted)
    stale = bool(missing or gone) or standing.changing or standing.reasoned != _reasoned(release, reasoning)
    if stale or standing.release != release or not standing.origin:
        endpoint.update(unsaid("reasoned"))
        standing.begin(endpoint, release)
    for graph in gone:
        endpoint.update(
            f"CLEAR SILENT GRAPH <{graph}> ;\n{unsaid('digest', graph)} ;\n{unsaid('size', graph)}"
        )
    with bar("Loading", "triples", sum(len(wanted[graph]) for graph in missing)) as loading:
        for graph in missing:
            _put(endpoint, graph, wanted[graph])
            loading.update(len(wanted[graph]))
    shipped = frozenset(knowledge.shipped)
    users = tuple(graphs.of_users(endpoint, standing, wanted, search=stale or anew))
    ontology = with_users(endpoint, knowledge.ontology, users)
    lists = tuple(quad.triple for quad in knowledge.stated() if tell_apart([quad.triple]))
    own = knowledge.ontology
    loaded = Loaded(
        own, ontology, compile_rules(ontology), knowledge.support, lists, shipped, users, standing
    )
    if stale or anew:
        for graph in set(users) - standing.users:
            endpoint.update(said("user", "", graph))
        _finish(endpoint, loaded, knowledge, release, reasoning)
    return replace(loaded, standing=Standing.read(endpoint))


def by_graph(quads: Iterable[Quad]) -> Graphs:
    """Return the triples of ``quads`` by the names of their graphs."""
    found: Graphs = {}
    for quad in quads:
        assert isinstance(quad.graph_name, NamedNode)
        found.setdefault(quad.graph_name.value, []).append(quad.triple)
    return found


def with_users(endpoint: Endpoint, ontology: Ontology, users: Sequence[str]) -> Ontology:
    """Return ``ontology`` with the axioms that users wrote, and the names in them."""
    added = set(graphs.found(endpoint, _AXIOMS, users)) if users else set()
    return Ontology([*ontology.triples, *sorted(added - set(ontology.triples), key=str)])


def apart(triples: Iterable[Triple]) -> list[Triple]:
    """Return, for rules to read, which of the things that ``triples`` tell apart are in which group."""
    return [
        Triple(member, IN_GROUP, Literal(index))
        for index, members in enumerate(groups_apart(triples))
        for member in members
        if isinstance(member, NamedNode)
    ]


def _missing(endpoint: Endpoint, standing: Standing, wanted: Graphs) -> list[str]:
    """The graphs that the engine does not hold, or not as they are to be."""
    held = sizes(endpoint, wanted)
    return [
        graph
        for graph, triples in wanted.items()
        if standing.digests.get(graph) != digest(triples) or standing.sizes.get(graph) != held.get(graph)
    ]


def digest(triples: Iterable[Triple]) -> str:
    """Return what tells one content of a graph from another."""
    return hashlib.sha256("".join(graphs.as_lines(triples)).encode()).hexdigest()


def _put(endpoint: Endpoint, graph: str, triples: list[Triple]) -> None:
    endpoint.update(f"{unsaid('digest', graph)} ;\n{unsaid('size', graph)}")
    graphs.fill(endpoint, graph, triples)
    held = sizes(endpoint, [graph]).get(graph, 0)
    if not 0 < held <= len(set(triples)):  # it may take two spellings of a literal for one
        raise StoreError(
            f"<{graph}>: {len(set(triples))} triples were sent to the engine and it holds {held}"
        )
    endpoint.update(f"{said('digest', digest(triples), graph)} ;\n{said('size', held, graph)}")


def _finish(endpoint: Endpoint, loaded: Loaded, knowledge: Knowledge, release: str, reasoning: bool) -> None:
    inferred = _inferred(endpoint, loaded) if reasoning else []
    if not reasoning:
        graphs.clear(endpoint, [INFERRED_GRAPH.value])
    if knowledge.folder is not None:
        store = Store()
        store.bulk_extend(chain(knowledge.stated(), inferred))
        described = describe(store, knowledge.folder / "description")
        graphs.fill(endpoint, VOID_GRAPH.value, (quad.triple for quad in described))
    endpoint.update(f"{unsaid('changing')} ;\n{said('reasoned', _reasoned(release, reasoning))}")


def _inferred(endpoint: Endpoint, loaded: Loaded) -> list[Quad]:
    """Have the engine conclude everything; return what follows."""
    graphs.fill(endpoint, APART, apart(loaded.apart))
    LOADING.clear(endpoint)
    chainer = Chainer(endpoint, loaded.rules.rules, Reading(loaded.asserted, APART), LOADING)
    with bar("Reasoning", "triples"):
        chainer.saturate()
    if clashes := chainer.clashes():
        raise ClashError(clashes)
    endpoint.update(
        f"CLEAR SILENT GRAPH {INFERRED_GRAPH} ;\n"
        f"ADD SILENT GRAPH <{LOADING.concluded}> TO GRAPH {INFERRED_GRAPH}"
    )
    LOADING.clear(endpoint)
    found = graphs.content(endpoint, INFERRED_GRAPH.value)
    return [Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in found]


def _reasoned(release: str, reasoning: bool) -> str:
    return release if reasoning else f"{release} without reasoning"
