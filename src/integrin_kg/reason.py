"""Forward chaining to the fixpoint, keeping for every inferred triple how it was derived.

Semi-naive in its finest grain: facts are taken one by one, and a fact is joined with those taken
before it, so that each combination of premises is met exactly once, when its last premise comes.
The first derivation of a triple rests on earlier facts only, so proofs read from the record are
never circular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from integrin_kg.ontology import Ontology, Term
from integrin_kg.rules import DIFFERENT, Rule, Slot, Var
from integrin_kg.vocab import INFERRED_GRAPH, RDF_TYPE, owl

Fact = tuple[int, int, int]
Atom = tuple[int, int, int]  # a negative number -1-v stands for variable v
Bindings = list[int]

_FREE = -1


@dataclass(frozen=True)
class Derivation:
    """One step of a proof: the rule and the premises that it was applied to."""

    rule: Rule
    premises: tuple[Triple, ...]


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


class Inference:
    """What follows from facts: the inferred triples, how each was derived, and the clashes."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine
        self.clashes: list[Derivation] = [engine.derivation(*clash) for clash in engine.clashes]

    def __len__(self) -> int:
        return len(self._engine.derived)

    def triples(self) -> Iterator[Triple]:
        """Yield the inferred triples between named things and literals."""
        for fact in self._engine.derived:
            triple = self._engine.triple(fact)
            if triple is not None and triple.subject != triple.object:
                yield triple

    def quads(self) -> list[Quad]:
        """Return :meth:`triples` in the graph of inferred statements, sorted."""
        found = [Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in self.triples()]
        return sorted(found, key=str)

    def derivation(self, triple: Triple) -> Derivation | None:
        """Return how ``triple`` was first derived; None where it was not inferred."""
        return self._engine.derivation_of(triple)


def reason(quads: Iterable[Quad], rules: list[Rule]) -> Inference:
    """Return what follows from the facts in ``quads`` by ``rules``."""
    engine = _Engine(rules)
    facts = list(quads)
    engine.learn_differences(facts)
    for quad in facts:
        engine.add(quad.subject, quad.predicate, quad.object)
    engine.run()
    return Inference(engine)


class _Engine:
    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.numbers: dict[Term, int] = {}
        self.terms: list[Term] = []
        self.by_subject: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(_lists)
        self.by_object: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(_lists)
        self.known: set[Fact] = set()
        self.queue: list[Fact] = []
        self.derived: dict[Fact, tuple[int, tuple[Fact, ...]]] = {}
        self.clashes: list[tuple[int, tuple[Fact, ...]]] = []
        self.groups: defaultdict[int, set[int]] = defaultdict(set)
        self.type = self.number(RDF_TYPE)
        self.any_predicate: list[Plan] = []
        self.plans: defaultdict[tuple[int, int], list[Plan]] = defaultdict(list)
        self.unconditional: list[Plan] = []
        for index, rule in enumerate(rules):
            for plan in self._plans(index, rule):
                self._file(plan)

    # ---- terms and facts ----------------------------------------------------------------------

    def number(self, term: Term) -> int:
        found = self.numbers.get(term)
        if found is None:
            found = self.numbers[term] = len(self.terms)
            self.terms.append(term)
        return found

    def triple(self, fact: Fact) -> Triple | None:
        s, p, o = (self.terms[n] for n in fact)
        if isinstance(s, NamedNode) and isinstance(p, NamedNode) and isinstance(o, (NamedNode, Literal)):
            return Triple(s, p, o)
        return None

    def add(self, subject: Term, predicate: Term, value: Term) -> None:
        fact = (self.number(subject), self.number(predicate), self.number(value))
        if fact not in self.known:
            self.known.add(fact)
            self.queue.append(fact)

    def learn_differences(self, quads: list[Quad]) -> None:
        """Read owl:AllDifferent and owl:differentFrom: things that share a group are different."""
        lists = Ontology(quad.triple for quad in quads if quad.predicate.value in _LIST_PREDICATES)
        heads = [t.object for t in lists.triples if t.predicate.value in _MEMBER_PREDICATES]
        groups: list[list[Term]] = [lists.items(h) for h in heads if isinstance(h, (NamedNode, BlankNode))]
        different = owl("differentFrom")
        groups += [[quad.subject, quad.object] for quad in quads if quad.predicate == different]
        for index, members in enumerate(groups):
            for member in members:
                self.groups[self.number(member)].add(index)

    # ---- plans --------------------------------------------------------------------------------

    def _plans(self, index: int, rule: Rule) -> Iterator[Plan]:
        slots: dict[Var, int] = {}
        for pattern in (*rule.body, *([rule.head] if rule.head else [])):
            for slot in pattern:
                if isinstance(slot, Var):
                    slots.setdefault(slot, len(slots))
        atoms = tuple(self._atom(pattern, slots) for pattern in rule.body)
        head = self._atom(rule.head, slots) if rule.head else None
        guards = tuple((g.kind, slots[g.left], slots[g.right]) for g in rule.guards)
        if not atoms:  # the members of an enumeration are in its class whatever else holds
            self.unconditional.append(Plan(index, (0, 0, 0), (), (), head, guards, 0))
        for position, trigger in enumerate(atoms):
            rest = _ordered(trigger, atoms[:position] + atoms[position + 1 :])
            yield Plan(index, trigger, rest, atoms, head, guards, len(slots))

    def _atom(self, pattern: tuple[Slot, Slot, Slot], slots: dict[Var, int]) -> Atom:
        s, p, o = (-1 - slots[x] if isinstance(x, Var) else self.number(x) for x in pattern)
        return (s, p, o)

    def _file(self, plan: Plan) -> None:
        _, p, o = plan.trigger
        if p < 0:
            self.any_predicate.append(plan)
        else:
            self.plans[p, o if p == self.type and o >= 0 else _FREE].append(plan)

    # ---- running ------------------------------------------------------------------------------

    def run(self) -> None:
        for plan in self.unconditional:
            self._conclude(plan, [])
        queue, position = self.queue, 0
        while position < len(queue):
            fact = queue[position]
            position += 1
            s, p, o = fact
            self.by_subject[p][s].append(o)
            self.by_object[p][o].append(s)
            for plan in self.plans.get((p, _FREE), ()):
                self._fire(plan, fact)
            if p == self.type:
                for plan in self.plans.get((p, o), ()):
                    self._fire(plan, fact)
            for plan in self.any_predicate:
                self._fire(plan, fact)
        self.queue = []

    def _fire(self, plan: Plan, fact: Fact) -> None:
        bindings = [_FREE] * plan.variables
        if not _unify(plan.trigger, fact, bindings):
            return
        for found in self._join(plan.joins, 0, bindings):
            if all(self._holds(kind, found[a], found[b]) for kind, a, b in plan.guards):
                self._conclude(plan, found)

    def _conclude(self, plan: Plan, bindings: Bindings) -> None:
        if plan.head is None:
            self.clashes.append((plan.rule, tuple(_bound(atom, bindings) for atom in plan.body)))
            return
        fact = _bound(plan.head, bindings)
        if fact not in self.known and not isinstance(self.terms[fact[0]], Literal):
            self.known.add(fact)
            self.derived[fact] = (plan.rule, tuple(_bound(atom, bindings) for atom in plan.body))
            self.queue.append(fact)

    def _holds(self, kind: str, left: int, right: int) -> bool:
        if kind == DIFFERENT:
            both_literals = isinstance(self.terms[left], Literal) and isinstance(self.terms[right], Literal)
            differ = both_literals or bool(self.groups.get(left, set()) & self.groups.get(right, set()))
            return left != right and differ
        return left != right and not self._holds(DIFFERENT, left, right)

    def _join(self, atoms: tuple[Atom, ...], depth: int, bindings: Bindings) -> Iterator[Bindings]:
        if depth == len(atoms):
            yield bindings
            return
        for fact in self._matches(_bound(atoms[depth], bindings)):
            extended = bindings.copy()
            if _unify(atoms[depth], fact, extended):
                yield from self._join(atoms, depth + 1, extended)

    def _matches(self, atom: Atom) -> Iterator[Fact]:
        # Lists grow while a rule fires; what is added meanwhile triggers on its own turn.
        s, p, o = atom
        for predicate in [p] if p >= 0 else list(self.by_subject):
            if s >= 0 and o >= 0:
                if o in self.by_subject[predicate].get(s, ()):
                    yield (s, predicate, o)
            elif s >= 0:
                yield from ((s, predicate, value) for value in self.by_subject[predicate].get(s, ()))
            elif o >= 0:
                yield from ((subject, predicate, o) for subject in self.by_object[predicate].get(o, ()))
            else:
                for subject, values in self.by_subject[predicate].items():
                    yield from ((subject, predicate, value) for value in values)

    # ---- proofs -------------------------------------------------------------------------------

    def derivation(self, rule: int, premises: tuple[Fact, ...]) -> Derivation:
        triples = (Triple(*(self.terms[n] for n in fact)) for fact in premises)  # type: ignore[arg-type]
        return Derivation(self.rules[rule], tuple(triples))

    def derivation_of(self, triple: Triple) -> Derivation | None:
        terms = (triple.subject, triple.predicate, triple.object)
        if any(term not in self.numbers for term in terms):
            return None
        s, p, o = (self.numbers[term] for term in terms)
        found = self.derived.get((s, p, o))
        return self.derivation(*found) if found else None


_MEMBER_PREDICATES = frozenset({owl("distinctMembers").value, owl("members").value})
_LIST_PREDICATES = _MEMBER_PREDICATES | {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest",
}


def _lists() -> defaultdict[int, list[int]]:
    return defaultdict(list)


def _bound(atom: Atom, bindings: Bindings) -> Atom:
    s, p, o = atom
    return (
        s if s >= 0 else bindings[-1 - s],
        p if p >= 0 else bindings[-1 - p],
        o if o >= 0 else bindings[-1 - o],
    )


def _unify(atom: Atom, fact: Fact, bindings: Bindings) -> bool:
    for slot, value in zip(atom, fact, strict=True):
        if slot >= 0:
            if slot != value:
                return False
        elif bindings[-1 - slot] == _FREE:
            bindings[-1 - slot] = value
        elif bindings[-1 - slot] != value:
            return False
    return True


def _ordered(trigger: Atom, rest: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The rest of a body, each next atom the one with the most ends already bound."""
    bound = {slot for slot in trigger if slot < 0}
    left, ordered = list(rest), []
    while left:
        best = max(left, key=lambda atom: sum(slot >= 0 or slot in bound for slot in atom))
        left.remove(best)
        ordered.append(best)
        bound |= {slot for slot in best if slot < 0}
    return tuple(ordered)
