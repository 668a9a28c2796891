"""Rules made ready to run: which atom triggers, in what order the others are joined.

Terms are numbers here. An atom is three of them, where a negative number ``-1 - v`` stands for
variable ``v``; bindings hold a number for each variable, or ``FREE``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from integrin_kg.ontology import Term
from integrin_kg.rules import SAME_AS, Rule, Slot, Var

Fact = tuple[int, int, int]
Atom = tuple[int, int, int]
Bindings = list[int]

FREE = -1


@dataclass(frozen=True)
class Plan:
    """A rule with one atom of its body as the trigger, and the order in which to join the rest."""

    rule: int
    trigger: Atom
    joins: tuple[Atom, ...]
    body: tuple[Atom, ...]
    head: Atom | None
    guards: tuple[tuple[str, int, int], ...]
    variables: int
    mirrored: bool = False


def plans(index: int, rule: Rule, number: Callable[[Term], int]) -> tuple[list[Plan], Plan | None]:
    """Return a plan for each atom of the rule's body to trigger it, and one for its head, by which
    to find from a conclusion the premises it may rest on (None for a clash test)."""
    slots: dict[Var, int] = {}
    for pattern in (*rule.body, *([rule.head] if rule.head else [])):
        for slot in pattern:
            if isinstance(slot, Var):
                slots.setdefault(slot, len(slots))

    def atom(pattern: tuple[Slot, Slot, Slot]) -> Atom:
        s, p, o = (-1 - slots[x] if isinstance(x, Var) else number(x) for x in pattern)
        return (s, p, o)

    body = tuple(atom(pattern) for pattern in rule.body)
    head = atom(rule.head) if rule.head else None
    guards = tuple((g.kind, slots[g.left], slots[g.right]) for g in rule.guards)
    mirrored = _mirrored(rule)

    def plan(trigger: Atom, rest: tuple[Atom, ...], *, skipped: bool = False) -> Plan:
        return Plan(index, trigger, _ordered(trigger, rest), body, head, guards, len(slots), skipped)

    triggered = [plan(a, body[:i] + body[i + 1 :], skipped=i in mirrored) for i, a in enumerate(body)]
    return triggered, plan(head, body) if head else None


def bound(atom: Atom, bindings: Bindings) -> Atom:
    """Return ``atom`` with what is bound in place of its variables."""
    s, p, o = atom
    return (
        s if s >= 0 else bindings[-1 - s],
        p if p >= 0 else bindings[-1 - p],
        o if o >= 0 else bindings[-1 - o],
    )


def unify(atom: Atom, fact: Fact, bindings: Bindings) -> bool:
    """Return whether ``fact`` fits ``atom``; bind its variables in ``bindings`` as far as it does."""
    for slot, value in zip(atom, fact, strict=True):
        if slot >= 0:
            if slot != value:
                return False
        elif bindings[-1 - slot] == FREE:
            bindings[-1 - slot] = value
        elif bindings[-1 - slot] != value:
            return False
    return True


def _mirrored(rule: Rule) -> frozenset[int]:
    """The positions of a body that mirror an earlier one, as where a functional property has two
    values: what such a rule says of a pair it says of the pair turned round, so one trigger will do."""
    if not rule.guards or (rule.head and rule.head[1] != SAME_AS):
        return frozenset()
    left, right = rule.guards[0].left, rule.guards[0].right
    swap: dict[Slot, Slot] = {left: right, right: left}
    turned = [tuple(swap.get(slot, slot) for slot in atom) for atom in rule.body]
    if set(turned) != set(rule.body):
        return frozenset()
    return frozenset(i for i, atom in enumerate(turned) if atom in rule.body[:i])


def _ordered(trigger: Atom, rest: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The rest of a body, each next atom one that what is bound already leads to, and of those the one with
    the most ends bound."""
    bound = {slot for slot in trigger if slot < 0}
    left, ordered = list(rest), []

    def leads(atom: Atom) -> tuple[bool, int]:
        return not bound.isdisjoint(atom), sum(slot >= 0 or slot in bound for slot in atom)

    while left:
        best = max(left, key=leads)
        left.remove(best)
        ordered.append(best)
        bound |= {slot for slot in best if slot < 0}
    return tuple(ordered)
