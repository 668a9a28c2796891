"""Turtle that reads well is Turtle all the same."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from integrin_kg.release.turtle import turtle
from integrin_kg.vocab import IKG, ikg


def test_a_property_without_a_prefix_of_ours_is_declared_all_the_same() -> None:
    stated = Triple(ikg("RGDReceptor"), NamedNode("http://example.org/terms/likes"), Literal("x"))
    document = turtle([stated], {"ikg": IKG})
    assert [quad.triple for quad in parse(document, format=RdfFormat.TURTLE)] == [stated]
    assert document.count("@prefix ikg:") == 1
