"""What an update can make a difference to is known before it is made, or said not to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from integrin_kg.engine.reach import foreseen
from integrin_kg.engine.updates import operations

TERMS = [NamedNode(f"x:{name}") for name in "abpq"]
GRAPHS = [DefaultGraph(), NamedNode("x:g"), NamedNode("x:h")]
SUBJECTS = [*TERMS[:2], BlankNode("n")]
OBJECTS = [*SUBJECTS, Literal("1"), Literal(1)]


def reach(store: Store, update: str, base: str | None = None) -> set[Quad] | None:
    """What an update can make a difference to, by a copy of ``store``."""
    copy, found, steps = Store(), set(), foreseen(update, base)
    copy.extend(store)
    for step in steps or ():
        found |= set(step.reach(copy))
        step.make(copy)
    return None if steps is None else found


def quads() -> st.SearchStrategy[list[Quad]]:
    parts = (st.sampled_from(SUBJECTS), st.sampled_from(TERMS[2:]))
    quad = st.builds(Quad, *parts, st.sampled_from(OBJECTS), st.sampled_from(GRAPHS))
    return st.lists(quad, max_size=8)


@st.composite
def templates(draw: st.DrawFn, *, variable: bool = True) -> str:
    """One or two triples, perhaps in a graph."""
    variables = ["?s", "$o", "?unbound"] if variable else []
    subject, value = (
        draw(st.sampled_from(["<x:a>", *variables])),
        draw(st.sampled_from(["1", "'1'", *variables])),
    )
    predicate = draw(st.sampled_from(["<x:p>", "a", *(["?p"] if variable else [])]))
    triple = f"{subject} {predicate} {value}"
    if draw(st.booleans()):
        triple += f" ; <x:q> {draw(st.sampled_from(['<x:b>', *variables]))}"
    graph = draw(st.sampled_from(["", "GRAPH <x:g>", *(["GRAPH ?g"] if variable else [])]))
    return f"{graph} {{ {triple} }}" if graph else triple


DATA = [
    "INSERT DATA { <x:a> <x:p> 1 GRAPH <x:g> { <x:a> <x:q> <x:b> } }",
    "DELETE DATA { <x:a> <x:q> <x:b> }",
]
PATTERNS = [
    "?s ?p ?o",
    "?s ?p ?o . GRAPH ?g { ?s ?p ?o }",
    "GRAPH ?g { ?s ?p ?o FILTER(isIRI(?o)) }",
    "?s <x:p> ?o OPTIONAL { ?o ?p ?s } # } WHERE {\n",
    "",
    "{ SELECT ?s (COUNT(?x) AS ?o) { ?s ?p ?x } GROUP BY ?s } BIND('{' AS ?p)",
]


@st.composite
def updates(draw: st.DrawFn) -> str:
    """An update by a pattern."""
    pattern, using = (
        draw(st.sampled_from(PATTERNS)),
        draw(st.sampled_from(["", "USING <x:g>", "USING NAMED <x:h>"])),
    )
    deletion, insertion = draw(st.none() | templates()), draw(st.none() | templates())
    within = draw(st.sampled_from(["", "WITH :g", "WITH <x:h>"]))
    parts = [f"DELETE {{ {deletion} }}"] * (deletion is not None)
    parts += [f"INSERT {{{insertion}}}"] * (insertion is not None)
    if not parts:
        return "DELETE WHERE { ?s ?p 1 }"
    return " ".join(["PREFIX : <x:>", within, *parts, using, "where", f"{{ {pattern} }}"])


@given(quads(), updates())
def test_an_update_by_a_pattern_changes_nothing_beyond_its_reach(
    given_quads: list[Quad], update: str
) -> None:
    store, untouched = Store(), Store()
    store.extend(given_quads)
    untouched.extend(given_quads)
    within = reach(untouched, update)
    assert within is not None
    assert set(untouched) == set(store), "to look is no change"
    for operation in operations(update):
        store.update(operation)
    assert set(store) ^ set(untouched) <= set(within)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT { ?s <x:p> ?o } WHERE { ?s ?p ?x BIND(RAND() AS ?o) }",
        "INSERT { ?s <x:p> ?o } WHERE { ?s ?p ?x BIND(BNODE() AS ?o) }",
        "INSERT { ?s <x:p> [] } WHERE { ?s ?p ?x }",
        "INSERT { ?s <x:p> 1 } WHERE { SELECT ?s { ?s ?p ?x } LIMIT 1 }",
        "INSERT { ?s <x:p> ?o } WHERE { SELECT ?s (SAMPLE(?x) AS ?o) { ?s ?p ?x } GROUP BY ?s }",
        "DELETE WHERE { ?s <x:p> 1 } ; CREATE GRAPH <x:new>",
        "INSERT DATA { <x:a> <x:p> [] } ; DELETE WHERE { ?s <x:p> 1 }",
        "DELETE WHERE { ?s <x:p> 1 } ; INSERT DATA { <x:a> <x:p> }",
        "DELETE WHERE { ?s <x:p> 1 } ; " * 101,
        "DEL\\u0045TE WHERE { ?s <x:p> 1 }",
        "CLEAR ALL",
        "COPY DEFAULT TO <x:g>",
        "INSERT DATA { <x:a> <x:p> [] }",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p }",
    ],
)
def test_where_only_making_it_tells_nothing_is_said(update: str) -> None:
    store = Store()
    store.extend([Quad(TERMS[0], TERMS[2], Literal(1))])
    assert reach(store, update) is None


def test_of_data_the_reach_is_the_data() -> None:
    found = reach(
        Store(), "PREFIX : <x:> DELETE DATA { :a :p 1 } ; INSERT DATA { GRAPH :g { :a :p 2 } }", None
    )
    assert found is not None
    a, p, g = TERMS[0], TERMS[2], GRAPHS[1]
    assert set(found) == {Quad(a, p, Literal(1)), Quad(a, p, Literal(2), g)}


def test_a_relative_iri_is_resolved_as_the_update_does() -> None:
    found = reach(Store(), "INSERT { <a> <p> 1 } WHERE {}", "http://example.org/x/")
    assert found is not None
    assert [str(quad.subject) for quad in found] == ["<http://example.org/x/a>"]


def test_what_is_bound_to_no_subject_or_predicate_is_no_statement() -> None:
    store = Store()
    store.extend([Quad(TERMS[0], TERMS[2], Literal(1))])
    found = reach(store, "INSERT { ?o ?p ?s . ?s ?o 1 . ?s ?p ?none . ?s <x:q> ?o } WHERE { ?s ?p ?o }", None)
    assert found is not None
    assert set(found) == {Quad(TERMS[0], TERMS[3], Literal(1))}
