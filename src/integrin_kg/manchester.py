"""OWL class expressions in Manchester syntax, as Protege shows them.

See https://www.w3.org/TR/owl2-manchester-syntax/.
"""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode

from integrin_kg.ontology import Node, Ontology, Term, local_name
from integrin_kg.vocab import owl

_JUNCTIONS = {"intersectionOf": " and ", "unionOf": " or "}
_RESTRICTIONS = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_CARDINALITIES = {
    "minCardinality": "min",
    "maxCardinality": "max",
    "cardinality": "exactly",
    "minQualifiedCardinality": "min",
    "maxQualifiedCardinality": "max",
    "qualifiedCardinality": "exactly",
}


def expression(ontology: Ontology, node: Term) -> str:
    """Return the class expression at ``node`` in words.

    >>> from integrin_kg import resources
    >>> onto = Ontology.load(resources.ontology_folder())
    >>> definition = onto.nodes(onto.class_named("RGD receptor"), owl("equivalentClass"))[0]
    >>> expression(onto, definition)
    'Integrin and (recognizesMotif value RGD)'
    """
    if isinstance(node, NamedNode):
        return local_name(node)
    if not isinstance(node, Node):
        return str(node)
    for local, word in _JUNCTIONS.items():
        for head in ontology.nodes(node, owl(local)):
            return word.join(_grouped(ontology, member) for member in ontology.members(head))
    for head in ontology.nodes(node, owl("oneOf")):
        return "{" + ", ".join(expression(ontology, item) for item in ontology.items(head)) + "}"
    for complement in ontology.nodes(node, owl("complementOf")):
        return f"not {_grouped(ontology, complement)}"
    return _restriction(ontology, node)


def _grouped(ontology: Ontology, node: Term) -> str:
    words = expression(ontology, node)
    is_compound = isinstance(node, BlankNode) and not ontology.nodes(node, owl("oneOf"))
    return f"({words})" if is_compound else words


def _restriction(ontology: Ontology, node: Node) -> str:
    on = property_expression(ontology, next(iter(ontology.nodes(node, owl("onProperty"))), None))
    for local, word in _RESTRICTIONS.items():
        for filler in ontology.objects(node, owl(local)):
            return f"{on} {word} {_grouped(ontology, filler)}"
    for local, word in _CARDINALITIES.items():
        for number in ontology.objects(node, owl(local)):
            qualifier = ontology.nodes(node, owl("onClass")) or ontology.nodes(node, owl("onDataRange"))
            of = "".join(" " + _grouped(ontology, filler) for filler in qualifier)
            return f"{on} {word} {getattr(number, 'value', number)}{of}"
    return "an expression without a name"


def property_expression(ontology: Ontology, node: Node | None) -> str:
    """Return a property, or the inverse of one, in words."""
    if isinstance(node, NamedNode):
        return local_name(node)
    for inverse in ontology.nodes(node, owl("inverseOf")) if node else []:
        return f"inverse {property_expression(ontology, inverse)}"
    return "a property without a name"
