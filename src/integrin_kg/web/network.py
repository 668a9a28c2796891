"""What lies around a thing, as a network of nodes and edges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from integrin_kg.lookup.about import About
from integrin_kg.lookup.claims import Claim
from integrin_kg.lookup.things import Thing
from integrin_kg.web.links import local_link

Edge = tuple[str, str, str]
"""Source, target and label."""


def neighbourhood(known: About, claims: Iterable[Claim]) -> dict[str, Any]:
    """Return what lies around a thing for a program that draws it: its plain statements, and what claims
    say of it; what is denied says so in its label."""
    nodes, edges = _network(known, claims)
    return as_data(nodes.values(), edges)


def as_data(nodes: Iterable[Thing], edges: dict[Edge, bool]) -> dict[str, Any]:
    """Return a network as nodes and edges; ``edges`` tells which are inferred."""
    return {
        "nodes": [
            {"id": node.iri, "label": node.short, "kind": node.kind, "href": local_link(node.iri)}
            for node in nodes
        ],
        "edges": [
            {"source": source, "target": target, "label": label, "inferred": inferred}
            for (source, target, label), inferred in edges.items()
        ],
    }


def beside(known: About, claims: Iterable[Claim]) -> list[tuple[str, list[Thing]]]:
    """Return the same neighbours as a list, by kind."""
    nodes, _ = _network(known, claims)
    others = sorted((node for node in nodes.values() if node != known.thing), key=lambda node: node.kind)
    return [(kind, sorted(things)) for kind, things in groupby(others, lambda node: node.kind)]


def _network(known: About, claims: Iterable[Claim]) -> tuple[dict[str, Thing], dict[Edge, bool]]:
    nodes = {known.thing.iri: known.thing}
    edges: dict[Edge, bool] = {}
    for panel, statement in known.neighbours():
        nodes[statement.value.iri] = statement.value
        source, target = known.thing.iri, statement.value.iri
        ends = (target, source) if panel.inward else (source, target)
        edges[*ends, panel.relation.name] = statement.inferred
    for claim in claims:
        subject, value, predicate = map(claim.first, ("claimSubject", "claimObject", "claimPredicate"))
        if subject and value and predicate and value.iri and known.thing.iri in (subject.iri, value.iri):
            nodes |= {subject.iri: subject, value.iri: value}
            said = ("not: " if claim.denied else "") + (claim.verb or predicate.name)
            edges.setdefault((subject.iri, value.iri, said), False)
    return nodes, edges
