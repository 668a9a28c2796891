"""The whole knowledge graph in one value: the ontology, what is asserted, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from integrin_kg import resources, tables
from integrin_kg.build import Support, build
from integrin_kg.dataset import describe
from integrin_kg.explain import Explainer
from integrin_kg.kept import Difference
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Derivation, Reasoner, reason
from integrin_kg.rules import RuleSet, compile_rules, is_axiomatic
from integrin_kg.text import slug
from integrin_kg.vocab import EXACT_SYNONYM, RDFS_LABEL, USER_GRAPHS


def user_quads(path: Path, ontology: Ontology) -> list[Quad]:
    """Return the triples of a user's ontology in the graph named after its file."""
    graph = NamedNode(f"{USER_GRAPHS}{slug(path.stem)}")
    return [Quad(t.subject, t.predicate, t.object, graph) for t in ontology.triples]


class ClashError(ValueError):
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
    ``shipped`` are the graphs that the build, not users, wrote."""

    ontology: Ontology
    rules: RuleSet
    asserted: list[Quad]
    support: Support
    inference: Reasoner | None
    shipped: frozenset[NamedNode]
    folder: Path | None

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
        for path in beside:
            asserted += user_quads(path, (own := Ontology.read(path)))
            ontology = Ontology([*ontology.triples, *own.triples])
        shipped = frozenset(quad.graph_name for quad in asserted if isinstance(quad.graph_name, NamedNode))
        rules = compile_rules(ontology)
        if as_stored:
            asserted = _as_stored(asserted)
        if since:
            asserted = [*(quad for quad in asserted if quad not in since.removed), *since.added]
            rules = compile_rules(with_axioms(ontology, (quad.triple for quad in asserted)))
        inference = reason(asserted, rules.rules) if reasoning else None
        if inference is not None and inference.clashes:
            raise ClashError(inference.clashes)
        return cls(ontology, rules, asserted, support, inference, shipped, folder)

    @cached_property
    def description(self) -> list[Quad]:
        """What the dataset is and holds, in a graph of its own that counts all others."""
        if self.folder is None:
            return []
        inferred = self.inference.quads() if self.inference else []
        return describe([*self.asserted, *inferred], self.folder / "description")

    def quads(self) -> Iterator[Quad]:
        """Yield what is asserted, then what follows, then the description of both."""
        yield from self.asserted
        if self.inference is not None:
            yield from self.inference.quads()
        yield from self.description

    def explainer(self) -> Explainer:
        """Return what explains this knowledge; :class:`ValueError` where nothing was reasoned."""
        if self.inference is None:
            raise ValueError("reasoning is off: there is nothing to explain")
        return Explainer(self.inference, self.support)

    def names(self) -> Iterator[tuple[str, NamedNode]]:
        """Yield the labels and exact synonyms of every term and entity, with what they name."""
        for quad in self.asserted:
            if quad.predicate not in (RDFS_LABEL, EXACT_SYNONYM):
                continue
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                yield quad.object.value, quad.subject

    def store(self) -> Store:
        """Return an in-memory store of :meth:`quads`."""
        store = Store()
        store.extend(self.quads())
        return store
