"""What the rules conclude, in the form in which HermiT answers, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner
from integrin_kg.rules import SAME_AS
from integrin_kg.vocab import RDF_TYPE, owl, rdfs

_SUB_CLASS_OF = rdfs("subClassOf")
_PROBE = NamedNode("http://example.org/of-this-class-only")


class Compared:
    """The statements under comparison, by the classes and properties that an ontology declares: class,
    property and sameness assertions about named things, and the hierarchy of the named classes.

    What is left out is no assertion (annotations, declarations, parts of class expressions) or true of
    everything: owl:Thing, the top properties, that a thing is the same as itself.
    """

    def __init__(self, ontology: Iterable[Triple]) -> None:
        declared = Ontology(ontology)
        self.classes = set(declared.instances(owl("Class"))) - {owl("Thing")}
        kinds = (owl("ObjectProperty"), owl("DatatypeProperty"))
        self.properties = {prop for kind in kinds for prop in declared.instances(kind)}

    def of(self, triples: Iterable[Triple]) -> set[Triple]:
        """Return those of ``triples`` that are under comparison."""
        return {
            triple
            for triple in triples
            if not isinstance(triple.subject, BlankNode)
            and not isinstance(triple.object, BlankNode)
            and self._compares(triple)
        }

    def _compares(self, triple: Triple) -> bool:
        subject, predicate, value = triple
        if predicate == RDF_TYPE:
            return value in self.classes
        if predicate == _SUB_CLASS_OF:
            return subject in self.classes and value in self.classes and subject != value
        return predicate in self.properties or (predicate == SAME_AS and subject != value)

    def concluded(self, reasoner: Reasoner, stated: Iterable[Triple]) -> set[Triple]:
        """Return what holds by the rules: what is stated, what is inferred, and the class hierarchy."""
        return self.of({*stated, *reasoner.triples(), *self._hierarchy(reasoner)})

    def _hierarchy(self, reasoner: Reasoner) -> Iterator[Triple]:
        """Yield what each class is below: what follows of a thing of which nothing else is known. A class
        that nothing can be in is below all."""
        clashes = len(reasoner.clashes)
        for kind in self.classes:
            reasoner.add([Triple(_PROBE, RDF_TYPE, kind)])
            found = reasoner.objects(_PROBE, RDF_TYPE)
            above = self.classes if len(reasoner.clashes) > clashes else found
            reasoner.retract([Triple(_PROBE, RDF_TYPE, kind)])
            yield from (Triple(kind, _SUB_CLASS_OF, other) for other in above)  # type: ignore[arg-type]
