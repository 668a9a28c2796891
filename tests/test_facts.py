"""Facts by number: packed or beside the ground, what matches is the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from integrin_kg.facts import Facts
from integrin_kg.ground import Ground
from integrin_kg.plans import Fact

NUMBERS = st.integers(0, 3) | st.sampled_from([0xFFFFFFFF, 0x80000000])
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS))
THINGS = [NamedNode(f"http://example.org/{name}") for name in "abcd"]
TRIPLES = st.lists(st.builds(Triple, *[st.sampled_from(THINGS)] * 3), max_size=20)
HISTORY = st.lists(st.tuples(st.booleans(), st.builds(Triple, *[st.sampled_from(THINGS)] * 3)), max_size=12)


@given(PAIRS, PAIRS)
def test_the_ground_is_a_set_of_pairs_seen_from_both_ends(given_: list[Fact], taken: list[Fact]) -> None:
    ground = Ground(s << 32 | o for s, o in given_)
    held = set(given_)
    for s, o in taken:
        if (s, o) in held:
            ground.take(s, o)
            held.discard((s, o))
    assert list(ground) == sorted(held)
    assert len(ground) == len(held)
    for s, o in {*given_, *taken}:
        assert ground.has(s, o) == ((s, o) in held)
        assert ground.objects(s) == sorted(b for a, b in held if a == s)
        assert ground.subjects(o) == sorted(a for a, b in held if b == o)
    one_each = list(ground.one_each(by_object=False)), list(ground.one_each(by_object=True))
    assert held.issuperset(one_each[0] + one_each[1])
    assert [s for s, _ in one_each[0]] == sorted({s for s, _ in held})
    assert [o for _, o in one_each[1]] == sorted({o for _, o in held})


@given(TRIPLES, TRIPLES, HISTORY)
def test_facts_of_the_ground_and_others_match_alike(
    before: list[Triple], ground: list[Triple], history: list[tuple[bool, Triple]]
) -> None:
    facts = Facts()
    for triple in before:
        facts.add(facts.fact(triple))
    facts.lay(ground)
    held = {facts.fact(triple) for triple in [*before, *ground]}
    for adding, triple in history:
        fact = facts.fact(triple)
        (facts.add if adding else facts.remove)(fact)
        (held.add if adding else held.discard)(fact)
    numbers = [facts.number(thing) for thing in THINGS]
    atoms = [(s, p, o) for s in [-1, *numbers] for p in [-2, *numbers] for o in [-3, *numbers]]
    for s, p, o in atoms:
        found = list(facts.matches((s, p, o)))
        expected = {f for f in held if all(a < 0 or a == b for a, b in zip((s, p, o), f, strict=True))}
        assert sorted(found) == sorted(expected)
        assert facts.count((s, p, o)) >= len(expected)
    for p in numbers:
        for by_object in (False, True):
            each = list(facts.one_each(p, by_object=by_object))
            ends = [fact[2 if by_object else 0] for fact in each]
            assert held.issuperset(each)
            assert sorted(ends) == sorted({f[2 if by_object else 0] for f in held if f[1] == p})
