"""The whole knowledge graph in one value: the ontology, what is asserted, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from integrin_kg import resources
from integrin_kg.backward import Derivation
from integrin_kg.build import Support, build
from integrin_kg.dataset import describe, size
from integrin_kg.errors import MeantToBeRead
from integrin_kg.explain import Explainer
from integrin_kg.kept import Difference
from integrin_kg.naming import Names
from integrin_kg.ontology import Ontology
from integrin_kg.own import Own
from integrin_kg.reason import Reasoner, reason
from integrin_kg.rules import RuleSet, compile_rules, is_axiomatic
from integrin_kg.vocab import EXACT_SYNONYM, INFERRED_GRAPH, RDFS_LABEL

_MOST_COUNTED = 200_000
"""How many statements of a user's own are looked at to describe them; of more only the number is said."""


class ClashError(MeantToBeRead, ValueError):
    """Data that contradict the ontology; the message is the proof of each clash."""

    def __init__(self, clashes: list[Derivation]) -> None:
        self.clashes = clashes
        super().__init__("\n".join(map(_told, clashes)))


def _told(clash: Derivation) -> str:
    premises = "".join(f"\n    {premise}" for premise in clash.premises)
    return f"the data contradict the axiom {clash.rule.words!r}:{premises}"


def with_axioms(ontology: Ontology, stated: Iterable[Triple]) -> Ontology:
    """Return the ontology that holds once ``stated`` is all that is: what is left of ``ontology``, and
    the axioms (and the names in them) that users added, in an order that does not depend on theirs."""
    triples = set(stated)
    known = set(ontology.triples)
    added = (t for t in triples - known if is_axiomatic(t) or t.predicate == RDFS_LABEL)
    return Ontology([*(t for t in ontology.triples if t in triples), *sorted(added, key=str)])


def _shipped(folder: Path) -> tuple[Ontology, list[Quad], Support]:
    from integrin_kg import tables  # what is opened and not built reads no table

    ontology = Ontology.load(folder)
    curation = tables.load(folder, ontology)
    return ontology, *build(ontology, curation, (folder / "shortcuts").glob("*.rq"))


def _nothing() -> tuple[Ontology, list[Quad], Support]:
    return Ontology([]), [], {}


def _as_stored(quads: list[Quad]) -> list[Quad]:
    store = Store()
    store.extend(quads)
    return sorted(store, key=str)


@dataclass(frozen=True)
class Knowledge:
    """The knowledge graph as built from the ontology and its tables in ``folder``, None where it is empty;
    ``shipped`` are the graphs that the build, not users, wrote; ``described`` is what the dataset is said to
    be, where that is known already. A user's ``own`` statements stand in a store, for they may be many."""

    ontology: Ontology
    rules: RuleSet
    asserted: Sequence[Quad]
    support: Support
    inference: Reasoner | None
    shipped: frozenset[NamedNode]
    folder: Path | None
    described: list[Quad] | None = None
    own: Own = field(default_factory=Own)

    @classmethod
    def assemble(
        cls,
        folder: Path | None = None,
        *,
        reasoning: bool = True,
        empty: bool = False,
        beside: Iterable[Path] = (),
        since: Difference | None = None,
        as_stored: bool = False,
    ) -> Knowledge:
        """Read, check, build and reason over the ontology in ``folder`` (the shipped one unless given;
        none where ``empty``).

        ``beside`` are ontologies of a user's own, in any RDF format: their axioms are compiled with
        ours, and their triples stand in graphs named after the files. ``since`` is what users have
        changed since the build. A store rewrites some literals; ``as_stored`` has them reasoned over as it
        does, so that what it gives back is known.

        Raises :class:`~integrin_kg.ontology.OntologyError`, :class:`~integrin_kg.tables.TableError`
        with every error of every table, :class:`~integrin_kg.reason.RuleExplosion` or
        :class:`ClashError`.
        """
        folder = None if empty else folder or resources.ontology_folder()
        ontology, asserted, support = _shipped(folder) if folder else _nothing()
        own = Own([*beside])
        ontology = Ontology([*ontology.triples, *own.axioms])
        shipped = frozenset(quad.graph_name for quad in asserted if isinstance(quad.graph_name, NamedNode))
        rules = compile_rules(ontology)
        if as_stored:
            asserted = _as_stored(asserted)
        if since:
            asserted = [*(quad for quad in asserted if quad not in since.removed), *since.added]
            own.remove(since.removed)
            rules = compile_rules(with_axioms(ontology, (quad.triple for quad in chain(asserted, own))))
        inference = reason(chain(asserted, own), rules.rules) if reasoning else None
        if inference is not None and inference.clashes:
            raise ClashError(inference.clashes)
        return cls(ontology, rules, asserted, support, inference, shipped.union(own.graphs), folder, own=own)

    def stated(self) -> Iterator[Quad]:
        """Yield what is asserted, and a user's own statements."""
        return chain(self.asserted, self.own)

    @cached_property
    def description(self) -> list[Quad]:
        """What the dataset is and holds, in a graph of its own that counts all others."""
        if self.described is not None or self.folder is None:
            return self.described or []
        store, folder = Store(), self.folder / "description"
        if len(self.own) <= _MOST_COUNTED:
            store.bulk_extend(chain(self.stated(), self.inferred()))
            return describe(store, folder)
        store.bulk_extend(self.asserted)
        inferred = {INFERRED_GRAPH: len(self.inference)} if self.inference else {}
        sizes = (size(graph, count) for graph, count in {**self.own.sizes, **inferred}.items())
        return [*describe(store, folder), *chain.from_iterable(sizes)]

    def inferred(self) -> Iterator[Quad]:
        """Yield what follows."""
        follows = self.inference.triples() if self.inference else ()
        return (Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in follows)

    def quads(self) -> Iterator[Quad]:
        """Yield what is asserted, then what follows, then the description of both."""
        yield from chain(self.stated(), self.inferred(), self.description)

    def explainer(self) -> Explainer[Reasoner]:
        """Return what explains this knowledge; :class:`ValueError` where nothing was reasoned."""
        if self.inference is None:
            raise ValueError("reasoning is off: there is nothing to explain")
        return Explainer(self.inference, self.support)

    def names(self) -> Names:
        """Return the labels and exact synonyms of every term and entity."""
        roles = {RDFS_LABEL: "label", EXACT_SYNONYM: "synonym"}
        named = (quad for quad in self.stated() if quad.predicate in roles)
        return Names(
            (quad.subject.value, roles[quad.predicate], quad.object.value)
            for quad in named
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
        )

    def store(self) -> Store:
        """Return an in-memory store of :meth:`quads`. Where a user's own statements are in one already, it
        is that: there may be no room for two."""
        store = self.own.store if self.own.graphs else Store()
        store.bulk_extend(chain(self.asserted, self.inferred()))
        store.bulk_extend(self.description)
        return store
