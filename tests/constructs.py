"""One hand-made ontology for each OWL construct: what must follow from it, and what must not."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import RdfFormat, Triple, parse

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    """Return the triples of a Turtle fragment under the prefixes above."""
    return [quad.triple for quad in parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)]


@dataclass(frozen=True)
class Case:
    """An ontology with data, what follows and what must not. ``clash`` where the data contradict it."""

    name: str
    given: str
    follows: str = ""
    not_so: str = ""
    clash: bool = False


_SOME = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ]"
_ONLY = "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :D ]"
_VALUE = "[ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :v ]"
_MAX1 = '[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality "1"^^xsd:nonNegativeInteger ]'
_MAX0 = '[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality "0"^^xsd:nonNegativeInteger ]'
_MAX1_OF_D = (
    "[ a owl:Restriction ; owl:onProperty :p ; owl:onClass :D ;"
    ' owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ]'
)
_MAX0_OF_D = _MAX1_OF_D.replace('"1"', '"0"')

CASES = [
    Case("subclass", ":C rdfs:subClassOf :D . :x a :C . :y a :D .", ":x a :D .", ":y a :C ."),
    Case(
        "equivalent classes",
        ":C owl:equivalentClass :D . :x a :C . :y a :D . :z a :E .",
        ":x a :D . :y a :C .",
        ":z a :C .",
    ),
    Case(
        "intersection, sufficient",
        ":C owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A :B ) ] . :x a :A , :B . :y a :A .",
        ":x a :C .",
        ":y a :C .",
    ),
    Case(
        "intersection, necessary",
        ":C rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( :A :B ) ] . :x a :C . :y a :A , :B .",
        ":x a :A , :B .",
        ":y a :C .",
    ),
    Case(
        "union",
        "[ a owl:Class ; owl:unionOf ( :A :B ) ] rdfs:subClassOf :C . :x a :A . :y a :B . :z a :D .",
        ":x a :C . :y a :C .",
        ":z a :C . :x a :B .",
    ),
    Case(
        "some values",
        f"{_SOME} rdfs:subClassOf :C . :p a owl:ObjectProperty . :x :p :d . :d a :D . :y :p :e . :e a :E .",
        ":x a :C .",
        ":y a :C .",
    ),
    Case(
        "has value, sufficient",
        f"{_VALUE} rdfs:subClassOf :C . :p a owl:ObjectProperty . :x :p :v . :y :p :w .",
        ":x a :C .",
        ":y a :C .",
    ),
    Case(
        "has value, necessary",
        f":C rdfs:subClassOf {_VALUE} . :p a owl:ObjectProperty . :x a :C . :y a :D .",
        ":x :p :v .",
        ":y :p :v .",
    ),
    Case(
        "all values",
        f":C rdfs:subClassOf {_ONLY} . :p a owl:ObjectProperty . :x a :C ; :p :d . :y :p :e .",
        ":d a :D .",
        ":e a :D .",
    ),
    Case(
        "complement",
        ":C rdfs:subClassOf [ a owl:Class ; owl:complementOf :D ] . :x a :C , :D .",
        clash=True,
    ),
    Case(
        "complement, kept", ":C rdfs:subClassOf [ a owl:Class ; owl:complementOf :D ] . :x a :C . :y a :D ."
    ),
    Case(
        "one of",
        "[ a owl:Class ; owl:oneOf ( :a :b ) ] rdfs:subClassOf :C . :a a owl:Thing . :z a owl:Thing .",
        ":a a :C . :b a :C .",
        ":z a :C .",
    ),
    Case("disjoint classes", ":C owl:disjointWith :D . :x a :C , :D .", clash=True),
    Case("disjoint classes, kept", ":C owl:disjointWith :D . :x a :C . :y a :D ."),
    Case(
        "all disjoint classes",
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) . :x a :A , :C .",
        clash=True,
    ),
    Case("nothing", ":C rdfs:subClassOf owl:Nothing . :x a :C .", clash=True),
    Case(
        "max cardinality 0",
        f":C rdfs:subClassOf {_MAX0} . :p a owl:ObjectProperty . :x a :C ; :p :y .",
        clash=True,
    ),
    Case(
        "max qualified cardinality 0",
        f":C rdfs:subClassOf {_MAX0_OF_D} . :p a owl:ObjectProperty . :x a :C ; :p :y . :y a :D .",
        clash=True,
    ),
    Case(
        "max qualified cardinality 0, other filler",
        f":C rdfs:subClassOf {_MAX0_OF_D} . :p a owl:ObjectProperty . :x a :C ; :p :y . :y a :E .",
    ),
    Case(
        "max cardinality 1, different",
        f":C rdfs:subClassOf {_MAX1} . :p a owl:ObjectProperty . :x a :C ; :p :y , :z ."
        " :y owl:differentFrom :z .",
        clash=True,
    ),
    Case(
        "max cardinality 1, same",
        f":C rdfs:subClassOf {_MAX1} . :p a owl:ObjectProperty . :x a :C ; :p :y , :z . :y a :E . :w a :F .",
        ":y owl:sameAs :z . :z a :E .",
        ":w a :E . :x owl:sameAs :y .",
    ),
    Case(
        "max qualified cardinality 1",
        f":C rdfs:subClassOf {_MAX1_OF_D} . :p a owl:ObjectProperty ."
        " :x a :C ; :p :y , :z , :w . :y a :D . :z a :D . :w a :E .",
        ":y owl:sameAs :z .",
        ":y owl:sameAs :w .",
    ),
    Case(
        "subproperty",
        ":p a owl:ObjectProperty ; rdfs:subPropertyOf :q . :q a owl:ObjectProperty . :x :p :y . :a :q :b .",
        ":x :q :y .",
        ":a :p :b .",
    ),
    Case(
        "equivalent properties",
        ":p a owl:ObjectProperty ; owl:equivalentProperty :q . :q a owl:ObjectProperty ."
        " :x :p :y . :a :q :b .",
        ":x :q :y . :a :p :b .",
        ":y :p :x .",
    ),
    Case(
        "inverse",
        ":p a owl:ObjectProperty ; owl:inverseOf :q . :q a owl:ObjectProperty . :x :p :y . :a :q :b .",
        ":y :q :x . :b :p :a .",
        ":x :q :y .",
    ),
    Case(
        "symmetric",
        ":p a owl:ObjectProperty , owl:SymmetricProperty . :q a owl:ObjectProperty . :x :p :y . :a :q :b .",
        ":y :p :x .",
        ":b :q :a .",
    ),
    Case(
        "transitive",
        ":p a owl:ObjectProperty , owl:TransitiveProperty . :x :p :y . :y :p :z . :z :p :w .",
        ":x :p :z . :x :p :w . :y :p :w .",
        ":z :p :x .",
    ),
    Case(
        "functional, same",
        ":p a owl:ObjectProperty , owl:FunctionalProperty . :x :p :y , :z . :y a :C .",
        ":y owl:sameAs :z . :z a :C .",
        ":x a :C .",
    ),
    Case(
        "functional, different",
        ":p a owl:ObjectProperty , owl:FunctionalProperty . :x :p :y , :z ."
        " [] a owl:AllDifferent ; owl:distinctMembers ( :y :z :w ) .",
        clash=True,
    ),
    Case(
        "functional, two literals",
        ':p a owl:DatatypeProperty , owl:FunctionalProperty . :x :p "one" , "two" .',
        clash=True,
    ),
    Case(
        "inverse functional",
        ":p a owl:ObjectProperty , owl:InverseFunctionalProperty . :y :p :x . :z :p :x . :y a :C .",
        ":y owl:sameAs :z . :z a :C .",
        ":x a :C .",
    ),
    Case(
        "asymmetric",
        ":p a owl:ObjectProperty , owl:AsymmetricProperty . :x :p :y . :y :p :x .",
        clash=True,
    ),
    Case("asymmetric, kept", ":p a owl:ObjectProperty , owl:AsymmetricProperty . :x :p :y . :y :p :z ."),
    Case("irreflexive", ":p a owl:ObjectProperty , owl:IrreflexiveProperty . :x :p :x .", clash=True),
    Case(
        "disjoint properties",
        ":p a owl:ObjectProperty ; owl:propertyDisjointWith :q . :q a owl:ObjectProperty ."
        " :x :p :y ; :q :y .",
        clash=True,
    ),
    Case(
        "chain",
        ":r a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :q ) . :p a owl:ObjectProperty ."
        " :q a owl:ObjectProperty . :x :p :y . :y :q :z . :a :q :b . :b :p :c .",
        ":x :r :z .",
        ":a :r :c . :x :r :y .",
    ),
    Case(
        "chain of three",
        ":r a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :p :q ) . :p a owl:ObjectProperty ."
        " :q a owl:ObjectProperty . :w :p :x . :x :p :y . :y :q :z .",
        ":w :r :z .",
        ":x :r :z .",
    ),
    Case(
        "domain and range",
        ":p a owl:ObjectProperty ; rdfs:domain :C ; rdfs:range :D . :x :p :y .",
        ":x a :C . :y a :D .",
        ":x a :D . :y a :C .",
    ),
    Case(
        "inverse in an expression",
        "[ a owl:Restriction ; owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom :D ]"
        " rdfs:subClassOf :C . :p a owl:ObjectProperty . :d :p :x ; a :D . :y :p :d .",
        ":x a :C .",
        ":y a :C . :d a :C .",
    ),
    Case(
        "key",
        ":C owl:hasKey ( :p ) . :p a owl:DatatypeProperty ."
        ' :x a :C ; :p "k" . :y a :C ; :p "k" . :z a :D ; :p "k" . :y a :E .',
        ":x owl:sameAs :y . :x a :E .",
        ":x owl:sameAs :z . :z a :E .",
    ),
    Case(
        "key of different things",
        ':C owl:hasKey ( :p ) . :p a owl:DatatypeProperty . :x a :C ; :p "k" . :y a :C ; :p "k" .'
        " :x owl:differentFrom :y .",
        clash=True,
    ),
    Case(
        "negative assertion",
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:assertionProperty :p ;"
        " owl:targetIndividual :y . :p a owl:ObjectProperty . :x :p :y .",
        clash=True,
    ),
    Case(
        "negative assertion, kept",
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:assertionProperty :p ;"
        " owl:targetIndividual :y . :p a owl:ObjectProperty . :x :p :z .",
    ),
    Case(
        "all disjoint properties",
        "[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) . :p a owl:ObjectProperty ."
        " :q a owl:ObjectProperty . :r a owl:ObjectProperty . :x :p :y ; :r :y .",
        clash=True,
    ),
    Case(
        "same as",
        ":p a owl:ObjectProperty . :x owl:sameAs :y . :x a :C ; :p :z . :w :p :x .",
        ":y owl:sameAs :x . :y a :C ; :p :z . :w :p :y .",
        ":z a :C .",
    ),
    Case("same as and different from", ":x owl:sameAs :y . :x owl:differentFrom :y .", clash=True),
    Case(
        "datatype",
        ':p a owl:DatatypeProperty ; rdfs:range xsd:decimal . :x :p "not a number" .',
        clash=True,
    ),
    Case("datatype, ill-formed", ":p a owl:DatatypeProperty ; rdfs:range xsd:byte . :x :p 300 .", clash=True),
    Case(
        "datatype, kept",
        ':p a owl:DatatypeProperty ; rdfs:range xsd:decimal . :x :p 3 , 2.5 , "7"^^xsd:byte .',
    ),
    Case(
        "data subproperty and data value",
        ":p a owl:DatatypeProperty ; rdfs:subPropertyOf :q . :q a owl:DatatypeProperty ."
        ' :C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue "given" ] .'
        ' :x a :C . :y :p "said" . :z :q "else" .',
        ':x :p "given" ; :q "given" . :y :q "said" .',
        ':z :p "else" . :y :p "given" .',
    ),
    Case(
        "nested definition",
        ":C owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A [ a owl:Restriction ;"
        " owl:onProperty :p ; owl:someValuesFrom [ a owl:Class ; owl:unionOf ( :B :D ) ] ] ) ] ."
        " :p a owl:ObjectProperty . :x a :A ; :p :b . :b a :B . :y a :A ; :p :d . :d a :D ."
        " :z a :A ; :p :e . :w :p :b .",
        ":x a :C . :y a :C .",
        ":z a :C . :w a :C .",
    ),
]


def _p(restriction: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty :p ; {restriction} ]"


_MIN2, _MAX2 = (_p(f'owl:{m}Cardinality "2"^^xsd:nonNegativeInteger') for m in ("min", "max"))

# What a DL reasoner finds and no rule does: ``follows`` is all that the rules miss of it, and ``clash``
# a contradiction that they miss. ``RuleSet.beyond`` names the axiom of each.
BEYOND = [
    Case(
        "one of two classes, whichever",
        ":C rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :A :B ) ] ."
        " :A rdfs:subClassOf :D . :B rdfs:subClassOf :D . :x a :C .",
        ":x a :D . :C rdfs:subClassOf :D .",
    ),
    Case(
        "a value without a name",
        f":C rdfs:subClassOf {_SOME} . {_SOME} rdfs:subClassOf :E . :p a owl:ObjectProperty . :x a :C .",
        ":x a :E . :C rdfs:subClassOf :E .",
    ),
    Case(
        "the only member of an enumeration",
        ":C rdfs:subClassOf [ a owl:Class ; owl:oneOf ( :a ) ] . :x a :C . :a a :E .",
        ":x owl:sameAs :a ; a :E . :a owl:sameAs :x ; a :C . :C rdfs:subClassOf :E .",
    ),
    Case(
        "not being in a class",
        "[ a owl:Class ; owl:complementOf :A ] rdfs:subClassOf :C . :A owl:disjointWith :B . :x a :B .",
        ":x a :C . :B rdfs:subClassOf :C .",
    ),
    Case(
        "having no other values",
        f"{_ONLY} rdfs:subClassOf :C . :E rdfs:subClassOf {_MAX0} . :p a owl:ObjectProperty . :x a :E .",
        ":x a :C . :E rdfs:subClassOf :C .",
    ),
    Case(
        "two values at least",
        f"{_MIN2} rdfs:subClassOf :C . :p a owl:ObjectProperty . :x :p :y , :z . :y owl:differentFrom :z .",
        ":x a :C .",
    ),
    Case(
        "two values at most",
        f":C rdfs:subClassOf {_MAX2} . :p a owl:ObjectProperty . :x a :C ; :p :y , :z , :w ."
        " :y owl:differentFrom :z , :w .",
        ":z owl:sameAs :w . :w owl:sameAs :z .",
    ),
    Case(
        "what is said of everything",
        "owl:Thing rdfs:subClassOf :C . :p a owl:ObjectProperty . :x a :D ; :p :y .",
        ":x a :C . :y a :C . :D rdfs:subClassOf :C .",
    ),
    Case("reflexive", ":p a owl:ObjectProperty , owl:ReflexiveProperty . :x a :C .", ":x :p :x ."),
    Case(
        "disjoint union",
        ":C a owl:Class ; owl:disjointUnionOf ( :A :B ) . :x a :A . :y a :B .",
        ":x a :C . :y a :C . :A rdfs:subClassOf :C . :B rdfs:subClassOf :C .",
    ),
    Case(
        "enumeration of literals",
        ':p a owl:DatatypeProperty ; rdfs:range [ a rdfs:Datatype ; owl:oneOf ( "a" "b" ) ] . :x :p "c" .',
        clash=True,
    ),
]
