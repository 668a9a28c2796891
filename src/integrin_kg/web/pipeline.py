"""The therapeutics pipeline: each agent with what it hits and its course, phase by phase."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from integrin_kg.lookup import things
from integrin_kg.lookup.questions import Row
from integrin_kg.lookup.things import Thing


@dataclass(frozen=True, order=True)
class Finding:
    """What a claim reports of an agent; ``denied`` where it was looked for and not seen, ``condition`` what
    it was seen with and of whom."""

    thing: Thing
    denied: bool
    claim: str
    condition: str = ""


@dataclass
class Stage:
    """An agent in one phase and set of diseases; both may be unsaid."""

    phase: str
    diseases: tuple[Thing, ...]
    outcomes: set[Finding] = field(default_factory=set)
    harms: set[Finding] = field(default_factory=set)
    failures: set[Finding] = field(default_factory=set)


@dataclass
class Agent:
    """An agent: what it is, what it is stated to target, the classes that are inferred, and its stages."""

    thing: Thing
    kinds: set[Thing] = field(default_factory=set)
    targets: set[Thing] = field(default_factory=set)
    categories: set[Thing] = field(default_factory=set)
    stages: list[Stage] = field(default_factory=list)


_PARTS = {"outcome": "outcomes", "harm": "harms", "failure": "failures"}
_SETS = {"kind": "kinds", "target": "targets", "category": "categories"}


def agents(rows: Iterable[Row]) -> list[Agent]:
    """Return the agents of the answer to ``queries/pages/pipeline.rq``, those furthest on first."""
    found: dict[Thing, Agent] = {}
    claims: dict[Thing, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        thing, part = things.thing(row, "agent"), row["part"]["value"]
        agent = found.setdefault(thing, Agent(thing))
        if part in _SETS:
            getattr(agent, _SETS[part]).add(things.thing(row, "value"))
        else:
            claims[thing][row["claim"]["value"]].append(row)
    for thing, by_claim in claims.items():
        found[thing].stages = _stages(by_claim)
    return sorted(found.values(), key=lambda agent: (_furthest(agent), agent.thing.name.casefold()))


def _stages(claims: dict[str, list[Row]]) -> list[Stage]:
    stages: dict[tuple[str, tuple[Thing, ...]], Stage] = {}
    for claim, rows in claims.items():
        row = rows[0]
        part, value = row["part"]["value"], things.thing(row, "value")
        diseases = {things.thing(other, "disease") for other in rows if "disease" in other}
        if part == "tested":
            diseases.add(value)
        key = (row["phase"]["value"] if "phase" in row else "", tuple(sorted(diseases)))
        stage = stages.setdefault(key, Stage(*key))
        if part in _PARTS:
            denied = row["polarity"]["value"] == "negative"
            getattr(stage, _PARTS[part]).add(Finding(value, denied, claim, _condition(rows)))
    return [stages[key] for key in sorted(stages, key=lambda key: (_order(key[0]), key[1]))]


def _condition(rows: list[Row]) -> str:
    """What a finding holds with and of whom: the partners of the agent, and what the curator notes."""
    partners = sorted({row["partner"]["value"] for row in rows if "partner" in row})
    notes = {row["note"]["value"] for row in rows if "note" in row}
    return "; ".join([*([f"with {', '.join(partners)}"] if partners else []), *notes])


def _furthest(agent: Agent) -> int:
    return min((_order(stage.phase) for stage in agent.stages), default=1)


def _order(phase: str) -> int:
    """Where a phase stands, the latest first, what is unsaid last.

    >>> sorted(["I", "", "I/II", "III", "II"], key=_order)
    ['III', 'II', 'I/II', 'I', '']
    """
    latest = max(map(len, re.findall("I+", phase)), default=0)
    return ("/" in phase) - 2 * latest
