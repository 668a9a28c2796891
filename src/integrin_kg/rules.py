"""The ontology's axioms as Horn rules: one compiled rule set that every executor runs.

The translation is that of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL), section 4.3,
with the class expressions folded into the rules instead of being interpreted at run time. What
lies outside RL is named in :attr:`RuleSet.beyond`, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from pyoxigraph import Literal, NamedNode, Triple

from integrin_kg.manchester import expression, property_expression
from integrin_kg.ontology import Node, Ontology, Term, local_name
from integrin_kg.text import slug
from integrin_kg.vocab import BASE, OWL, RDF_FIRST, RDF_REST, RDF_TYPE, owl, rdfs


@dataclass(frozen=True)
class Var:
    """A variable of a rule."""

    name: str

    def __str__(self) -> str:
        return f"?{self.name}"


Slot = Term | Var
Pattern = tuple[Slot, Slot, Slot]


@dataclass(frozen=True)
class Guard:
    """A condition on variables of a rule: that two are bound to things known to be ``different``, or
    to things that are merely ``distinct`` terms; or, where ``kind`` is neither, that ``left`` is bound
    to a literal outside the datatype of that IRI."""

    kind: str
    left: Var
    right: Var


@dataclass(frozen=True)
class Rule:
    """If the patterns of ``body`` match and the guards hold then ``head`` follows; a rule without
    a head is a clash test. ``axiom`` is the IRI of the axiom it was compiled from, ``words`` that
    axiom in Manchester syntax."""

    axiom: str
    words: str
    body: tuple[Pattern, ...]
    head: Pattern | None
    guards: tuple[Guard, ...] = ()


@dataclass
class RuleSet:
    """The rules of an ontology, and the axioms that are for a DL reasoner."""

    rules: list[Rule] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)


class BeyondRL(Exception):
    """A class expression that no Horn rule can express where it stands."""


Bodies = list[tuple[Pattern, ...]]
X, Y, Z = Var("x"), Var("y"), Var("z")
EQUALITY = f"{BASE}axiom/equality"
SAME_AS, DIFFERENT, DISTINCT = owl("sameAs"), "different", "distinct"


def compile_rules(ontology: Ontology) -> RuleSet:
    """Return the rules of every logical axiom in ``ontology``."""
    return _Compiler(ontology).compile()


def is_axiomatic(triple: Triple) -> bool:
    """Return whether ``triple`` is an axiom or part of one: to add or remove it may change the rules.

    >>> is_axiomatic(Triple(owl("Thing"), rdfs("subClassOf"), owl("Thing")))
    True
    """
    if triple.predicate == RDF_TYPE:
        kind = triple.object
        return isinstance(kind, NamedNode) and kind.value.startswith(OWL) and kind != owl("NamedIndividual")
    return triple.predicate in _AXIOMATIC or triple.predicate.value.startswith(OWL)


_AXIOMATIC = {rdfs(name) for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {
    RDF_FIRST,
    RDF_REST,
}


class _Compiler:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.result = RuleSet()
        self.fresh = 0

    def compile(self) -> RuleSet:
        for predicate, handle in self._axiom_predicates().items():
            for triple in self.ontology.triples:
                if triple.predicate == predicate:
                    handle(triple.subject, triple.object)  # type: ignore[arg-type]
        for kind, handle_type in self._axiom_types().items():
            for subject in self.ontology.instances(kind):
                handle_type(subject)
        if any(rule.head and rule.head[1] == SAME_AS for rule in self.result.rules) or any(
            triple.predicate == SAME_AS for triple in self.ontology.triples
        ):
            self.result.rules += equality_rules()
        return self.result

    def _axiom_predicates(self) -> dict[NamedNode, Callable[[Node, Node], None]]:
        return {
            rdfs("subClassOf"): self._sub_class,
            owl("equivalentClass"): self._equivalent_class,
            owl("disjointWith"): self._disjoint_classes,
            rdfs("subPropertyOf"): self._sub_property,
            owl("equivalentProperty"): self._equivalent_property,
            owl("inverseOf"): self._inverse,
            owl("propertyChainAxiom"): self._chain,
            owl("propertyDisjointWith"): self._disjoint_properties,
            rdfs("domain"): self._domain,
            rdfs("range"): self._range,
            owl("hasKey"): self._key,
            owl("disjointUnionOf"): self._disjoint_union,
        }

    def _axiom_types(self) -> dict[NamedNode, Callable[[Node], None]]:
        return {
            owl("SymmetricProperty"): self._symmetric,
            owl("TransitiveProperty"): self._transitive,
            owl("FunctionalProperty"): self._functional,
            owl("InverseFunctionalProperty"): self._inverse_functional,
            owl("AsymmetricProperty"): self._asymmetric,
            owl("IrreflexiveProperty"): self._irreflexive,
            owl("AllDisjointClasses"): self._all_disjoint,
            owl("AllDisjointProperties"): self._all_disjoint_properties,
            owl("NegativePropertyAssertion"): self._denied,
            owl("ReflexiveProperty"): self._reflexive,
        }

    # ---- classes ------------------------------------------------------------------------------

    def _sub_class(self, sub: Node, sup: Node) -> None:
        words = f"{expression(self.ontology, sub)} SubClassOf {expression(self.ontology, sup)}"
        try:
            bodies = self._body(sub, X)
        except BeyondRL as reason:
            self.result.beyond.append(f"{words} ({reason})")
            return
        for body in bodies:
            self._conclude(words, body, sup, X)

    def _equivalent_class(self, left: Node, right: Node) -> None:
        self._sub_class(right, left)
        self._sub_class(left, right)

    def _conclude(self, words: str, body: tuple[Pattern, ...], sup: Node, about: Var) -> None:
        try:
            for extra, head, guards in self._heads(sup, about):
                self._add(words, (*body, *extra), head, guards)
        except BeyondRL as reason:
            self.result.beyond.append(f"{words} ({reason})")

    def _disjoint_classes(self, left: Node, right: Node) -> None:
        words = f"{expression(self.ontology, left)} DisjointWith {expression(self.ontology, right)}"
        try:
            for one, other in product(self._body(left, X), self._body(right, X)):
                self._add(words, (*one, *other), None)
        except BeyondRL as reason:
            self.result.beyond.append(f"{words} ({reason})")

    def _all_disjoint(self, axiom: Node) -> None:
        for head in self.ontology.nodes(axiom, owl("members")):
            for left, right in combinations(self.ontology.members(head), 2):
                self._disjoint_classes(left, right)

    def _body(self, node: Node, about: Var) -> Bodies:
        """The alternative bodies under which ``about`` is in the class expression at ``node``."""
        if isinstance(node, NamedNode):
            return [()] if node == owl("Thing") else [((about, RDF_TYPE, node),)]
        for head in self.ontology.nodes(node, owl("intersectionOf")):
            parts = [self._body(member, about) for member in self.ontology.members(head)]
            return [tuple(p for body in combination for p in body) for combination in product(*parts)]
        for head in self.ontology.nodes(node, owl("unionOf")):
            return [body for member in self.ontology.members(head) for body in self._body(member, about)]
        for head in self.ontology.nodes(node, owl("oneOf")):
            return [((about, SAME_AS, item),) for item in self.ontology.items(head)]
        return self._restriction_body(node, about)

    def _restriction_body(self, node: Node, about: Var) -> Bodies:
        for value in self.ontology.objects(node, owl("hasValue")):
            return [(self._edge(node, about, value),)]
        for filler in self.ontology.nodes(node, owl("someValuesFrom")):
            other = self._new_var()
            return [(self._edge(node, about, other), *body) for body in self._body(filler, other)]
        if any(isinstance(n, Literal) and n.value == "1" for n in self._numbers(node, "min")):
            other = self._new_var()
            fillers = self.ontology.nodes(node, owl("onClass")) or [owl("Thing")]
            return [(self._edge(node, about, other), *body) for body in self._body(fillers[0], other)]
        raise BeyondRL(f"no rule can recognise: {expression(self.ontology, node)}")

    def _heads(
        self, node: Node, about: Var
    ) -> Iterator[tuple[tuple[Pattern, ...], Pattern | None, tuple[Guard, ...]]]:
        """What follows of ``about`` being in the class at ``node``: further premises, the conclusion
        (None for a clash) and guards."""
        if isinstance(node, NamedNode):
            if node != owl("Thing"):
                yield (), (None if node == owl("Nothing") else (about, RDF_TYPE, node)), ()
            return
        for head in self.ontology.nodes(node, owl("intersectionOf")):
            for member in self.ontology.members(head):
                yield from self._member_heads(member, about)
            return
        for complement in self.ontology.nodes(node, owl("complementOf")):
            for body in self._body(complement, about):
                yield body, None, ()
            return
        for value in self.ontology.objects(node, owl("hasValue")):
            yield (), self._edge(node, about, value), ()
            return
        for filler in self.ontology.nodes(node, owl("allValuesFrom")):
            other = self._new_var()
            for extra, conclusion, guards in self._heads(filler, other):
                yield (self._edge(node, about, other), *extra), conclusion, guards
            return
        yield from self._cardinality_heads(node, about)

    def _member_heads(
        self, member: Node, about: Var
    ) -> Iterator[tuple[tuple[Pattern, ...], Pattern | None, tuple[Guard, ...]]]:
        # One conjunct beyond RL does not take the others with it.
        try:
            yield from self._heads(member, about)
        except BeyondRL as reason:
            self.result.beyond.append(f"a conjunct of a definition ({reason})")

    def _cardinality_heads(
        self, node: Node, about: Var
    ) -> Iterator[tuple[tuple[Pattern, ...], Pattern | None, tuple[Guard, ...]]]:
        limits = [n.value for n in self._numbers(node, "max") if isinstance(n, Literal)]
        if limits not in (["0"], ["1"]):
            raise BeyondRL(f"no rule can conclude: {expression(self.ontology, node)}")
        fillers = self.ontology.nodes(node, owl("onClass")) or [owl("Thing")]
        one, two = self._new_var(), self._new_var()
        for first in self._body(fillers[0], one):
            if limits == ["0"]:
                yield (self._edge(node, about, one), *first), None, ()
                continue
            for second in self._body(fillers[0], two):
                both = (self._edge(node, about, one), *first, self._edge(node, about, two), *second)
                yield both, None, (Guard(DIFFERENT, one, two),)
                yield both, (one, SAME_AS, two), (Guard(DISTINCT, one, two),)

    def _numbers(self, node: Node, bound: str) -> list[Term]:
        locals_ = (f"{bound}Cardinality", f"{bound}QualifiedCardinality", "cardinality")
        return [n for local in locals_ for n in self.ontology.objects(node, owl(local))]

    def _edge(self, restriction: Node, about: Slot, other: Slot) -> Pattern:
        prop = self.ontology.node(restriction, owl("onProperty"))
        return self._property(prop, about, other)

    def _property(self, prop: Node, subject: Slot, value: Slot) -> Pattern:
        if isinstance(prop, NamedNode):
            return (subject, prop, value)
        inverse = self.ontology.node(prop, owl("inverseOf"))
        return self._property(inverse, value, subject)

    # ---- properties ---------------------------------------------------------------------------

    def _words(self, prop: Node, keyword: str, other: Node | None = None) -> str:
        right = f" {property_expression(self.ontology, other)}" if other else ""
        return f"{property_expression(self.ontology, prop)} {keyword}{right}"

    def _sub_property(self, sub: Node, sup: Node) -> None:
        body = (self._property(sub, X, Y),)
        self._add(self._words(sub, "SubPropertyOf", sup), body, self._property(sup, X, Y))

    def _equivalent_property(self, left: Node, right: Node) -> None:
        self._sub_property(left, right)
        self._sub_property(right, left)

    def _inverse(self, left: Node, right: Node) -> None:
        if not isinstance(left, NamedNode):  # an inverse within an expression, not an axiom
            return
        words = self._words(left, "InverseOf", right)
        self._add(words, (self._property(left, X, Y),), self._property(right, Y, X))
        self._add(words, (self._property(right, X, Y),), self._property(left, Y, X))

    def _chain(self, prop: Node, head: Node) -> None:
        links = self.ontology.members(head)
        ends = [X, *(self._new_var() for _ in links[1:]), Y]
        body = tuple(self._property(p, a, b) for p, a, b in zip(links, ends, ends[1:], strict=False))
        chained = " o ".join(property_expression(self.ontology, link) for link in links)
        self._add(f"{chained} SubPropertyOf {local_words(prop)}", body, self._property(prop, X, Y))

    def _disjoint_properties(self, left: Node, right: Node) -> None:
        body = (self._property(left, X, Y), self._property(right, X, Y))
        self._add(self._words(left, "DisjointWith", right), body, None)

    def _domain(self, prop: Node, kind: Node) -> None:
        words = f"{self._words(prop, 'Domain')} {expression(self.ontology, kind)}"
        self._conclude(words, (self._property(prop, X, Y),), kind, X)

    def _range(self, prop: Node, kind: Node) -> None:
        words = f"{self._words(prop, 'Range')} {expression(self.ontology, kind)}"
        if prop in self.ontology.instances(owl("DatatypeProperty")):
            self._datatype(words, (self._property(prop, X, Y),), kind)
        else:
            self._conclude(words, (self._property(prop, X, Y),), kind, Y)

    def _datatype(self, words: str, body: tuple[Pattern, ...], kind: Node) -> None:
        if isinstance(kind, NamedNode):
            self._add(words, body, None, (Guard(kind.value, Y, Y),))
        else:
            self.result.beyond.append(f"{words} (an enumeration or facet of literals)")

    def _symmetric(self, prop: Node) -> None:
        self._add(self._words(prop, "Symmetric"), (self._property(prop, X, Y),), self._property(prop, Y, X))

    def _transitive(self, prop: Node) -> None:
        body = (self._property(prop, X, Y), self._property(prop, Y, Z))
        self._add(self._words(prop, "Transitive"), body, self._property(prop, X, Z))

    def _functional(self, prop: Node) -> None:
        body = (self._property(prop, X, Y), self._property(prop, X, Z))
        self._at_most_one(self._words(prop, "Functional"), body)

    def _inverse_functional(self, prop: Node) -> None:
        body = (self._property(prop, Y, X), self._property(prop, Z, X))
        self._at_most_one(self._words(prop, "InverseFunctional"), body)

    def _at_most_one(self, words: str, body: tuple[Pattern, ...]) -> None:
        self._add(words, body, None, (Guard(DIFFERENT, Y, Z),))
        self._add(words, body, (Y, SAME_AS, Z), (Guard(DISTINCT, Y, Z),))

    def _asymmetric(self, prop: Node) -> None:
        body = (self._property(prop, X, Y), self._property(prop, Y, X))
        self._add(self._words(prop, "Asymmetric"), body, None)

    def _irreflexive(self, prop: Node) -> None:
        self._add(self._words(prop, "Irreflexive"), (self._property(prop, X, X),), None)

    def _all_disjoint_properties(self, axiom: Node) -> None:
        for head in self.ontology.nodes(axiom, owl("members")):
            for left, right in combinations(self.ontology.members(head), 2):
                self._disjoint_properties(left, right)

    def _key(self, kind: Node, head: Node) -> None:
        keys = self.ontology.members(head)
        named = ", ".join(property_expression(self.ontology, key) for key in keys)
        words = f"{expression(self.ontology, kind)} HasKey {named}"
        values = [self._new_var() for _ in keys]
        try:
            members = product(self._body(kind, X), self._body(kind, Y))
        except BeyondRL as reason:
            self.result.beyond.append(f"{words} ({reason})")
            return
        for one, other in members:
            shared = [
                pattern
                for key, value in zip(keys, values, strict=True)
                for pattern in (self._property(key, X, value), self._property(key, Y, value))
            ]
            body = (*one, *other, *shared)
            self._add(words, body, None, (Guard(DIFFERENT, X, Y),))
            self._add(words, body, (X, SAME_AS, Y), (Guard(DISTINCT, X, Y),))

    def _denied(self, axiom: Node) -> None:
        subject = self.ontology.node(axiom, owl("sourceIndividual"))
        prop = self.ontology.node(axiom, owl("assertionProperty"))
        targets = (owl("targetIndividual"), owl("targetValue"))
        for value in (v for target in targets for v in self.ontology.objects(axiom, target)):
            words = f"not ({expression(self.ontology, subject)} {property_expression(self.ontology, prop)} "
            self._add(
                words + f"{expression(self.ontology, value)})", (self._property(prop, subject, value),), None
            )

    def _disjoint_union(self, kind: Node, _: Node) -> None:
        self.result.beyond.append(f"{expression(self.ontology, kind)} DisjointUnionOf ... (not in OWL 2 RL)")

    def _reflexive(self, prop: Node) -> None:
        self.result.beyond.append(f"{self._words(prop, 'Reflexive')} (not in OWL 2 RL)")

    # ---- both ---------------------------------------------------------------------------------

    def _add(
        self, words: str, body: tuple[Pattern, ...], head: Pattern | None, guards: tuple[Guard, ...] = ()
    ) -> None:
        for bound_body, bound_head in _without_equality(body, head):
            if _of_everything(bound_body, bound_head):
                self.result.beyond.append(f"{words} (it is said of everything, named or not)")
            elif bound_head not in bound_body:
                self.result.rules.append(Rule(self._axiom_iri(words), words, bound_body, bound_head, guards))

    def _axiom_iri(self, words: str) -> str:
        return f"{BASE}axiom/{slug(words)}"

    def _new_var(self) -> Var:
        self.fresh += 1
        return Var(f"v{self.fresh}")


def local_words(prop: Node) -> str:
    """Return a property's local name, for words about it."""
    return local_name(prop) if isinstance(prop, NamedNode) else "an inverse"


def _of_everything(body: tuple[Pattern, ...], head: Pattern | None) -> bool:
    """Return whether a rule has no premise that says what it is about, as with owl:Thing on the left."""
    bound = {slot for pattern in body for slot in pattern}
    return not body if head is None else any(isinstance(s, Var) and s not in bound for s in head)


def _without_equality(
    body: tuple[Pattern, ...], head: Pattern | None
) -> Iterator[tuple[tuple[Pattern, ...], Pattern | None]]:
    """Turn ``?x owl:sameAs a`` (a member of an enumeration) into the rule about ``a`` itself."""
    for index, (left, predicate, right) in enumerate(body):
        if predicate == SAME_AS and isinstance(left, Var) and not isinstance(right, Var):
            rest = body[:index] + body[index + 1 :]
            bound = tuple(_substituted(pattern, left, right) for pattern in rest)
            yield from _without_equality(bound, _substituted(head, left, right) if head else None)
            return
    yield body, head


def _substituted(pattern: Pattern, var: Var, term: Term) -> Pattern:
    s, p, o = (term if slot == var else slot for slot in pattern)
    return (s, p, o)


def equality_rules() -> list[Rule]:
    """Return what two names of one thing mean for its other facts (OWL 2 RL table 4)."""
    predicate, other = Var("p"), Var("other")
    words = "what holds of a thing holds of it by each of its names"
    rule = Rule(EQUALITY, words, ((X, SAME_AS, Y),), (Y, SAME_AS, X))
    return [
        rule,
        replace(rule, body=((X, SAME_AS, Y), (Y, SAME_AS, Z)), head=(X, SAME_AS, Z)),
        replace(rule, body=((X, SAME_AS, Y), (X, predicate, other)), head=(Y, predicate, other)),
        replace(rule, body=((X, SAME_AS, Y), (other, predicate, X)), head=(other, predicate, Y)),
        replace(rule, body=((X, SAME_AS, Y),), head=None, guards=(Guard(DIFFERENT, X, Y),)),
    ]
