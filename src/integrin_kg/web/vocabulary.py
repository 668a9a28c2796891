"""The ontology of one version of the graph as pages show it: terms, axioms in words, the class tree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from pyoxigraph import Literal, NamedNode

from integrin_kg.hierarchy import Above, closure, nearest
from integrin_kg.lookup.questions import Questions
from integrin_kg.ontology import Ontology, local_name
from integrin_kg.vocab import BASE, DEFINITION, IKG, RDF_FIRST, owl, rdfs
from integrin_kg.web.axioms import Axiom, axioms
from integrin_kg.web.hierarchy import Inferred, infer

KINDS = {
    "Class": "class",
    "ObjectProperty": "object property",
    "DatatypeProperty": "data property",
    "AnnotationProperty": "annotation property",
}
"""What the terms of an ontology are, by their types in OWL."""

_NAME = re.compile(r"[\w-]+")
_KEYWORDS = {"and", "or", "not", "some", "only", "value", "min", "max", "exactly", "inverse", "o"}


@dataclass(frozen=True)
class Term:
    """A class or property."""

    iri: str
    name: str  # its local name, what axioms call it
    label: str
    definition: str
    kind: str


@dataclass(frozen=True)
class Consequence:
    """What follows for every member of a class ``by`` one property: its ``values``, and the axioms."""

    by: Term
    values: list[str]
    axioms: list[str]


@dataclass(frozen=True)
class Branch:
    """A class in the tree, the branches below it, and whether that it is below its parent is inferred."""

    term: Term
    inferred: bool
    below: list[Branch]


class Vocabulary:
    """An ontology, what follows for its classes (asked of ``infer`` when a page first wants to know), and how
    often its terms are used."""

    def __init__(
        self,
        ontology: Ontology,
        infer: Callable[[], Inferred] = Inferred,
        counts: Iterable[dict[str, str]] = (),
    ) -> None:
        self.ontology, self._infer = ontology, infer
        self.counts = {row["term"]: (int(row["all"]), int(row["stated"])) for row in counts if "term" in row}

    @cached_property
    def inferred(self) -> Inferred:
        """What follows for the members of its classes."""
        return self._infer()

    @cached_property
    def terms(self) -> dict[str, Term]:
        """Every class and property by its IRI, in the order of their labels."""
        found = {
            node.value: self._term(node, kind)
            for local, kind in reversed(KINDS.items())
            for node in self.ontology.instances(owl(local))
            if isinstance(node, NamedNode)
        }
        return dict(sorted(found.items(), key=lambda item: (item[1].label.casefold(), item[0])))

    def _term(self, node: NamedNode, kind: str) -> Term:
        definition = self.ontology.value(node, DEFINITION)
        told = definition.value if isinstance(definition, Literal) else ""
        return Term(node.value, local_name(node), self.ontology.label(node), told, kind)

    @cached_property
    def version_iri(self) -> str | None:
        """The IRI of this version of the ontology (OWL 2, section 3.1), where it names one."""
        for ontology in self.ontology.instances(owl("Ontology")):
            for version in self.ontology.nodes(ontology, owl("versionIRI")):
                return version.value
        return None

    def of_kind(self, kind: str) -> list[Term]:
        """Return the terms of one of :data:`KINDS`."""
        return [term for term in self.terms.values() if term.kind == kind]

    @cached_property
    def by_name(self) -> dict[str, str]:
        """The IRIs of what axioms name, by local name, ours where two share one: terms, and individuals of
        which there is a page."""
        values = (t.object for t in self.ontology.triples if t.predicate in (owl("hasValue"), RDF_FIRST))
        named = {value for value in values if isinstance(value, NamedNode) and value.value.startswith(BASE)}
        known = {node.value: local_name(node) for node in named}
        known |= {term.iri: term.name for term in self.terms.values()}
        return {name: iri for iri, name in sorted(known.items(), key=lambda item: item[0].startswith(IKG))}

    def linked(self, words: str) -> Iterator[tuple[str, str | None]]:
        """Yield the parts of an axiom's words, with the IRI of what a part names."""
        end = 0
        for match in _NAME.finditer(words):
            if match[0] in self.by_name and match[0] not in _KEYWORDS:
                yield words[end : match.start()], None
                yield match[0], self.by_name[match[0]]
                end = match.end()
        yield words[end:], None

    # ---- axioms -------------------------------------------------------------------------------

    @cached_property
    def axioms(self) -> list[Axiom]:
        """Every axiom, in the order of Manchester syntax."""
        return axioms(self.ontology)

    def axioms_of(self, iri: str) -> list[Axiom]:
        """Return the axioms in the frame of the term at ``iri``."""
        return [axiom for axiom in self.axioms if axiom.subject == iri]

    def mentions(self, iri: str) -> list[Axiom]:
        """Return the axioms in other frames that name the term at ``iri``, but those of disjointness,
        which its own frame has."""
        name = self.terms[iri].name
        return [
            axiom
            for axiom in self.axioms
            if axiom.subject != iri
            and axiom.keyword != "DisjointWith"
            and name in _named(f"{self._frame(axiom)} {axiom.words}")
        ]

    def general(self) -> list[Axiom]:
        """Return the axioms whose subject is an expression."""
        return [axiom for axiom in self.axioms if axiom.subject not in self.terms]

    def _frame(self, axiom: Axiom) -> str:
        return "" if axiom.subject in self.terms else axiom.subject

    # ---- the class tree -----------------------------------------------------------------------

    @cached_property
    def stated(self) -> Above:
        """The named superclasses that are stated of each class."""
        found: Above = {term.iri: set() for term in self.of_kind("class")}
        for iri in found:
            parents = self.ontology.nodes(NamedNode(iri), rdfs("subClassOf"))
            found[iri] = {p.value for p in parents if isinstance(p, NamedNode) and p.value in found} - {iri}
        return found

    @cached_property
    def direct(self) -> Above:
        """The nearest superclasses of each class, stated or inferred."""
        every = closure(self.stated)
        above = {iri: (every[iri] | self.inferred.above.get(iri, set())) & every.keys() for iri in every}
        return nearest(above)

    def parents(self, iri: str) -> list[tuple[Term, bool]]:
        """Return the nearest superclasses, each with whether it is inferred."""
        found = (self.terms[parent] for parent in self.direct.get(iri, ()))
        return [(t, t.iri not in self.stated[iri]) for t in sorted(found, key=lambda t: t.label.casefold())]

    def children(self, iri: str) -> list[tuple[Term, bool]]:
        """Return the nearest subclasses, each with whether that is inferred."""
        return [
            (term, iri not in self.stated[term.iri])
            for term in self.of_kind("class")
            if iri in self.direct[term.iri]
        ]

    def because(self, one: str, other: str) -> list[str]:
        """Return the axioms by which one of two classes is below the other, in either order."""
        known = self.inferred.because
        return known.get((one, other)) or known.get((other, one)) or []

    def follows(self, iri: str) -> list[Consequence]:
        """Return what else follows for every member of the class at ``iri``, by property."""
        found: dict[str, Consequence] = {}
        for predicate, value, words in self.inferred.holds.get(iri, ()):
            if predicate in self.terms:
                said = found.setdefault(predicate, Consequence(self.terms[predicate], [], []))
                said.values.append(value)
                said.axioms.extend(axiom for axiom in words if axiom not in said.axioms)
        return sorted(found.values(), key=lambda said: said.by.label)

    def tree(self, *, inferred: bool = True) -> list[Branch]:
        """Return the class tree: with what is ``inferred``, or as stated only."""
        above = self.direct if inferred else self.stated
        classes = [term.iri for term in self.of_kind("class")]
        below: dict[str, list[str]] = defaultdict(list)
        for iri in classes:
            for parent in above[iri]:
                below[parent].append(iri)

        def grow(iri: str, parent: str | None, path: tuple[str, ...]) -> Branch:
            branches = [grow(child, iri, (*path, iri)) for child in below[iri] if child not in (*path, iri)]
            return Branch(self.terms[iri], parent is not None and parent not in self.stated[iri], branches)

        return [grow(iri, None, ()) for iri in classes if not above[iri]]


def _named(words: str) -> set[str]:
    return set(_NAME.findall(words)) - _KEYWORDS


def read(questions: Questions) -> Vocabulary:
    """Return the vocabulary of the graph as it is now."""
    ontology = Ontology(questions.triples("ontology", reasoning=False))
    classes = [c.value for c in ontology.instances(owl("Class")) if isinstance(c, NamedNode)]
    counts = [*questions.values("instances"), *questions.values("uses")]
    return Vocabulary(ontology, partial(infer, questions.engine, classes), counts)
