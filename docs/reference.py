"""The reference of the ontology's terms in Markdown: each class and property with its axioms in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from integrin_kg import resources
from integrin_kg.knowledge import Knowledge
from integrin_kg.reason import Reasoner
from integrin_kg.vocab import CLOSE_MATCH, EXACT_MATCH, EXACT_SYNONYM, IKG, RDF_TYPE, RDFS_LABEL, rdfs
from integrin_kg.web.axioms import Axiom
from integrin_kg.web.vocabulary import KINDS, Term, Vocabulary

_MOST_MEMBERS = 40
_HEADINGS = {
    "class": "Classes",
    "object property": "Object properties",
    "data property": "Data properties",
    "annotation property": "Annotation properties",
}
_FIELDS = {
    "EquivalentTo": "Equivalent to",
    "SubClassOf": "Subclass of",
    "SubPropertyOf": "Subproperty of",
    "SubPropertyChain": "Follows from the chain",
    "Domain": "Domain",
    "Range": "Range",
    "Characteristics": "Characteristics",
    "InverseOf": "Inverse of",
    "DisjointWith": "Disjoint with",
}
_ALIGNED = {
    EXACT_MATCH: "Exact match",
    CLOSE_MATCH: "Close match",
    rdfs("subClassOf"): "Subclass of, elsewhere",
    rdfs("subPropertyOf"): "Subproperty of, elsewhere",
}


class Terms:
    """The reference of the ontology's terms in Markdown, with who is what on a graph."""

    def __init__(self, knowledge: Knowledge) -> None:
        if knowledge.inference is None:
            raise ValueError("the members of defined classes are inferred: reasoning must be on")
        self.ontology, self.facts = knowledge.ontology, knowledge.inference
        self.vocabulary = Vocabulary(knowledge.ontology)
        turtle = parse(path=str(resources.ontology_folder() / "integrin.ttl"), format=RdfFormat.TURTLE)
        any(False for _ in turtle)  # its prefixes are known once it is read
        self.prefixes = {name: namespace for name, namespace in turtle.prefixes.items() if name}

    def lines(self) -> Iterator[str]:
        """Yield the reference, line by line: a section for each kind, in it one for each term."""
        for kind in KINDS.values():
            terms = [term for term in self.vocabulary.of_kind(kind) if term.iri.startswith(IKG)]
            defined = [term for term in terms if self._is_defined(term)]
            if defined:
                yield from self._section("Inferred classes", defined)
            yield from self._section(_HEADINGS[kind], [term for term in terms if term not in defined])
        yield from self._kinds()

    def _kinds(self) -> Iterator[str]:
        """The classes of which no two share a member, where the ontology says that of many at once."""
        found = {
            frozenset([axiom.subject.removeprefix(IKG), *axiom.words.split(", ")])
            for axiom in self.vocabulary.axioms
            if axiom.keyword == "DisjointWith" and "," in axiom.words
        }
        yield "## Disjoint kinds\n\nNothing is of two of these kinds:\n"
        for kinds in sorted(map(sorted, found)):
            yield f"- {', '.join(map(self._linked, kinds))}"

    def _is_defined(self, term: Term) -> bool:
        """Whether things fall under a class by what is said of them."""
        general = self.vocabulary.general()
        own = any(axiom.keyword == "EquivalentTo" for axiom in self.vocabulary.axioms_of(term.iri))
        return term.kind == "class" and (own or any(axiom.words == term.name for axiom in general))

    def _section(self, heading: str, terms: Iterable[Term]) -> Iterator[str]:
        yield f"## {heading}\n"
        for term in terms:
            yield f"### {term.name}\n"
            yield f"**{term.label}**. {term.definition}\n" if term.definition else f"**{term.label}**\n"
            for name, value in self._fields(term):
                yield f":{name}: {value}"
            yield ""

    def _fields(self, term: Term) -> Iterator[tuple[str, str]]:
        node = NamedNode(term.iri)
        yield "IRI", f"`{term.iri}`"
        synonyms = [o.value for o in self.ontology.objects(node, EXACT_SYNONYM) if isinstance(o, Literal)]
        if synonyms:
            yield "Also called", ", ".join(synonyms)
        own = self.vocabulary.axioms_of(term.iri)
        for keyword, name in _FIELDS.items():
            words = [self._words(axiom) for axiom in own if axiom.keyword == keyword]
            if words:
                yield name, "; ".join(words)
        yield from self._used(term)
        if term.kind == "class":
            yield from self._members(term)
        for predicate, name in _ALIGNED.items():
            foreign = [o for o in self.ontology.nodes(node, predicate) if isinstance(o, NamedNode)]
            links = [self._curie(o.value) for o in foreign if not o.value.startswith(IKG)]
            if links:
                yield name, ", ".join(links)

    def _words(self, axiom: Axiom) -> str:
        many = axiom.keyword == "DisjointWith" and "," in axiom.words
        return "[all other kinds](#disjoint-kinds)" if many else self._linked(axiom.words)

    def _used(self, term: Term) -> Iterator[tuple[str, str]]:
        """Where else an axiom names the term: in the frame of another, or in one of an expression."""
        axioms = self.vocabulary.mentions(term.iri)
        named = sorted({axiom.subject.removeprefix(IKG) for axiom in axioms if axiom.subject.startswith(IKG)})
        general = [f"{a.subject} {a.keyword} {a.words}" for a in axioms if not a.subject.startswith(IKG)]
        if named or general:
            yield (
                "Used by",
                "; ".join([", ".join(map(self._linked, named)), *map(self._linked, general)]).strip("; "),
            )

    def _members(self, term: Term) -> Iterator[tuple[str, str]]:
        members = sorted(label(self.facts, member) for member in self.facts.subjects(RDF_TYPE, node(term)))
        if self._is_defined(term):
            shown = ", ".join(members[:_MOST_MEMBERS]) + (", ..." if len(members) > _MOST_MEMBERS else "")
            yield f"Members ({len(members)})", shown or "none on the shipped graph"
        elif members:
            yield "Members", f"{len(members):,}"

    def _linked(self, words: str) -> str:
        """The words of an axiom, each term of ours a link to its place on the page."""
        return "".join(
            f"[{part}](#{part})" if iri and iri.startswith(IKG) else part.replace("*", r"\*")
            for part, iri in self.vocabulary.linked(words)
        )

    def _curie(self, iri: str) -> str:
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"[{prefix}:{iri.removeprefix(namespace)}]({iri})"
        return f"<{iri}>"


def node(term: Term) -> NamedNode:
    """Return the term as RDF has it."""
    return NamedNode(term.iri)


def label(facts: Reasoner, thing: Any) -> str:
    """Return the label of a thing, or its IRI where it has none."""
    return next((o.value for o in facts.objects(thing, RDFS_LABEL) if isinstance(o, Literal)), str(thing))
