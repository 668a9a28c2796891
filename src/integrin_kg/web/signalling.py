"""The signalling graph, walked from an integrin (or a chain or family): each step with its claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup import things
from integrin_kg.lookup.questions import Row
from integrin_kg.lookup.things import Thing
from integrin_kg.vocab import BASE
from integrin_kg.web.network import as_data

_DEPTH = 6
_STARTS = ("integrin", "subunit", "family")


@dataclass
class Step:
    """That one thing acts on another: how, by which claims, in which diseases."""

    words: str
    target: Thing
    claims: list[str] = field(default_factory=list)
    diseases: set[str] = field(default_factory=set)


@dataclass
class Node:
    """A thing on the walk, the step that led there, and what follows; ``before`` where it stands nearer
    to the start already, and is followed there."""

    thing: Thing
    step: Step | None
    after: list[Node] = field(default_factory=list)
    before: bool = False


Steps = dict[Thing, list[Step]]


def steps(rows: Iterable[Row]) -> Steps:
    """Return the steps from each thing in the answer to ``queries/pages/signals.rq``; a subunit that no
    step leads on from is left out."""
    found: dict[Thing, dict[tuple[str, Thing], Step]] = defaultdict(dict)
    for row in rows:
        source, words, target = things.thing(row, "source"), row["step"]["value"], things.thing(row, "target")
        step = found[source].setdefault((words, target), Step(words, target))
        if "claim" in row and row["claim"]["value"] not in step.claims:
            step.claims.append(row["claim"]["value"])
        if "disease" in row:
            step.diseases.add(row["disease"]["value"])
    return {
        source: [step for step in after.values() if step.claims or step.target in found]
        for source, after in found.items()
    }


def starts(found: Steps) -> dict[str, list[Thing]]:
    """Return what a walk may start from, by kind."""
    leading = [thing for thing, after in found.items() if after]
    return {kind: sorted(thing for thing in leading if thing.kind == kind) for kind in _STARTS}


def chosen(from_: dict[str, list[Thing]], path: str) -> Thing:
    """Return the start that is at ``path`` (``integrin/alphaV-beta3``); :class:`Problem` if it is none."""
    known = [thing for things in from_.values() for thing in things]
    for thing in known:
        if thing.iri == BASE + path:
            return thing
    example = known[0].iri.removeprefix(BASE) if known else "integrin/alphaV-beta3"
    raise Problem(404, "No such start", f"No signalling is claimed from {path!r}; try {example!r}.")


def walk(found: Steps, start: Thing) -> Node:
    """Return the tree of what follows from ``start``, breadth first; a thing is followed once only."""
    root = Node(start, None)
    seen, layer = {start}, [root]
    for _ in range(_DEPTH):
        following: list[Node] = []
        for node in layer:
            for step in found.get(node.thing, []):
                after = Node(step.target, step, before=step.target in seen)
                node.after.append(after)
                if not after.before:
                    seen.add(step.target)
                    following.append(after)
        layer = following
    return root


def network(found: Steps, start: Thing) -> dict[str, Any]:
    """Return the same walk as nodes and edges."""
    nodes: dict[Thing, None] = {}
    edges: dict[tuple[str, str, str], bool] = {}

    def visit(node: Node) -> None:
        nodes[node.thing] = None
        for after in node.after:
            if after.step:
                edges[node.thing.iri, after.thing.iri, after.step.words] = False
            visit(after)

    visit(walk(found, start))
    return as_data(nodes, edges)
