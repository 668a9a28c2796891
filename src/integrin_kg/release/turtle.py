"""An ontology in Turtle that reads well: the terms first, class expressions where they are used.

rdflib writes blank nodes in place and pyoxigraph does not, but is a hundred times as fast: it writes the
individuals, which have none.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from pyoxigraph import RdfFormat, Triple, serialize
from rdflib import OWL, RDF, BNode, Graph
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node
from rdflib.util import from_n3

from integrin_kg.vocab import owl

_KINDS = (OWL.Ontology, OWL.AnnotationProperty, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.Class)


class _KindByKind(TurtleSerializer):
    def orderSubjects(self) -> list[Node]:
        kinds = {t: place for place, kind in enumerate(_KINDS) for t in self.store.subjects(RDF.type, kind)}

        def place(term: Node) -> tuple[bool, int, str]:
            # A blank node that nothing refers to begins a statement; the others stand inside of one.
            blank = isinstance(term, BNode)
            return blank, self._references[term] if blank else kinds.get(term, len(_KINDS)), str(term)

        return sorted(self._subjects, key=place)


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return ``triples`` as a document that declares ``prefixes``."""
    triples = list(triples)
    individuals = {triple.subject for triple in triples if triple.object == owl("NamedIndividual")}
    terms = [triple for triple in triples if triple.subject not in individuals]
    facts = [triple for triple in triples if triple.subject in individuals]
    header = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    return f"{header}{_nested(terms, prefixes)}{_plain(facts, prefixes)}"


def _nested(triples: list[Triple], prefixes: Mapping[str, str]) -> str:
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in prefixes.items():
        graph.bind(prefix, namespace)
    for triple in triples:
        graph.add(tuple(from_n3(str(term)) for term in triple))  # type: ignore[arg-type]
    document = io.BytesIO()
    _KindByKind(graph).serialize(document)
    return _without(prefixes, document.getvalue())


def _plain(triples: list[Triple], prefixes: Mapping[str, str]) -> str:
    return _without(prefixes, serialize(triples, format=RdfFormat.TURTLE, prefixes=dict(prefixes)) or b"")


def _without(prefixes: Mapping[str, str], document: bytes) -> str:
    """The document less the declarations of ``prefixes``; rdflib adds some for properties that have none."""
    declared = tuple(f"@prefix {prefix}: " for prefix in prefixes)
    lines = document.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(declared))
