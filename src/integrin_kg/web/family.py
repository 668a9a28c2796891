"""The family picture: alpha and beta subunits, a line for each pair that they form, computed and not drawn.

The picture has two columns. Beta chains are moved, one at a time, as long as that leaves fewer crossings
(sifting); alpha chains go to the middle of their partners (the barycentre method, Sugiyama et al. 1981).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from integrin_kg.lookup.things import Thing, local_name
from integrin_kg.vocab import BASE

WIDTH, TOP, STEP, LEFT, RIGHT = 640, 50, 32, 92, 548
_NEAR_ALPHA, _NEAR_BETA, _CLEAR = (0.2, 0.28, 0.36), (0.78, 0.7, 0.62), 14.0

Row = Mapping[str, str]
Line = tuple[str, str]
Columns = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Chain:
    """A subunit, at the end of its column at the height ``y``."""

    thing: Thing
    x: float
    y: float


Ends = tuple[Chain, Chain]


@dataclass(frozen=True)
class Pair:
    """A heterodimer: the line between two chains, with a tag at ``tag_x``, ``tag_y``."""

    thing: Thing
    alpha: Chain
    beta: Chain
    categories: tuple[Thing, ...]
    ligands: tuple[str, ...]
    tag_x: float
    tag_y: float

    @property
    def style(self) -> str:
        """The class that colours and patterns the line: the category's local name."""
        return local_name(self.categories[0].iri) if self.categories else "no-category"

    @property
    def tag(self) -> str:
        """What stands on the line, so that colour is never all that tells."""
        return "+".join(tag(category) for category in self.categories) or "?"

    @property
    def words(self) -> str:
        """All that the line says, in words."""
        names = ", ".join(category.name for category in self.categories) or "no ligand category inferred"
        ligands = f" Binds {', '.join(self.ligands)}." if self.ligands else " No ligand is claimed."
        return f"{self.thing.short}: {names}.{ligands}"


@dataclass(frozen=True)
class Picture:
    """The picture, with each category and how many pairs it has."""

    alphas: list[Chain]
    betas: list[Chain]
    pairs: list[Pair]
    legend: list[tuple[Thing, int]]
    height: int
    width: int = WIDTH


def tag(category: Thing) -> str:
    """Return the short form of a category's name.

    >>> tag(Thing("laminin receptor")), tag(Thing("RGD receptor"))
    ('lam', 'RGD')
    """
    return category.name[:3]


def picture(rows: Iterable[Row]) -> Picture:
    """Return the picture of the answer to ``queries/pages/family.rq``."""
    names: dict[str, str] = {}
    chains: dict[str, set[str]] = {"alpha": set(), "beta": set()}
    pairs: dict[str, Line] = {}
    categories: dict[str, list[Thing]] = defaultdict(list)
    ligands: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        part, iri = row["part"], row["thing"]
        names[iri] = row.get("label", names.get(iri, local_name(iri)))
        if part in chains:
            chains[part].add(iri)
        elif part == "pair":
            pairs[iri] = (row["alpha"], row["beta"])
        elif part == "category":
            categories[iri].append(Thing(row["categoryLabel"], row["category"]))
        else:
            ligands[iri].append(row["ligand"])
    for alpha, beta in pairs.values():
        chains["alpha"].add(alpha)
        chains["beta"].add(beta)
    left, right = arrange(frozenset(chains["alpha"]), frozenset(chains["beta"]), frozenset(pairs.values()))
    alphas = {iri: _chain(iri, names, LEFT, TOP + STEP * row) for row, iri in enumerate(left)}
    betas = _beside(right, alphas, pairs.values(), names)
    lines = {iri: (alphas[alpha], betas[beta]) for iri, (alpha, beta) in pairs.items()}
    drawn = [
        _pair(Thing(names[iri], iri), ends, list(lines.values()), categories[iri], ligands[iri])
        for iri, ends in lines.items()
    ]
    drawn.sort(key=lambda pair: (pair.alpha.y, pair.beta.y))
    return Picture(
        list(alphas.values()),
        list(betas.values()),
        drawn,
        _legend(categories.values()),
        TOP + STEP * max(len(left), len(right)),
    )


@lru_cache(maxsize=4)
def arrange(alphas: frozenset[str], betas: frozenset[str], pairs: frozenset[Line]) -> Columns:
    """Return both columns in an order in which few lines cross, the same for the same pairs; chains that
    no line connects with one another stand apart.

    >>> arrange(frozenset("ab"), frozenset("xy"), frozenset({("a", "y"), ("b", "x")}))
    (['a', 'b'], ['y', 'x'])
    """
    left: list[str] = []
    right: list[str] = []
    for part in _parts(alphas | betas, pairs):
        lines = {line for line in pairs if line[0] in part}
        columns = _untangled(sorted(alphas & part, key=_natural), sorted(betas & part, key=_natural), lines)
        left += columns[0]
        right += columns[1]
    return left, right


def _parts(chains: frozenset[str], pairs: Iterable[Line]) -> list[set[str]]:
    """The chains by what lines connect, the largest part first."""
    part_of = {chain: {chain} for chain in sorted(chains, key=_natural)}
    for alpha, beta in pairs:
        merged = part_of[alpha] | part_of[beta]
        part_of |= dict.fromkeys(merged, merged)
    parts = {id(part): part for part in part_of.values()}.values()
    return sorted(parts, key=lambda part: (-len(part), min(map(_natural, part))))


def _untangled(left: list[str], right: list[str], pairs: set[Line]) -> Columns:
    best = (_to_the_middle(left, right, pairs), right)
    fewest, better = crossings(best[0], best[1], pairs), True
    while better and fewest:
        better = False
        for moved in _moves(best[1]):
            columns = (_to_the_middle(left, moved, pairs), moved)
            found = crossings(columns[0], columns[1], pairs)
            if found < fewest:
                best, fewest, better = columns, found, True
    return best


def _moves(column: list[str]) -> Iterator[list[str]]:
    """The column with one chain moved, in every way."""
    for chain in column:
        others = [other for other in column if other != chain]
        for place in range(len(column)):
            yield [*others[:place], chain, *others[place:]]


def crossings(left: list[str], right: list[str], pairs: Iterable[Line]) -> int:
    """Return how many lines cross.

    >>> crossings(["a", "b"], ["x", "y"], [("a", "y"), ("b", "x")])
    1
    """
    lines = [(left.index(alpha), right.index(beta)) for alpha, beta in pairs]
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))


def _to_the_middle(column: list[str], other: list[str], pairs: set[Line]) -> list[str]:
    partners: dict[str, list[str]] = defaultdict(list)
    for here, there in pairs:
        partners[here].append(there)

    def middle(chain: str) -> tuple[float, str]:
        places = [other.index(partner) for partner in partners[chain]]
        return (sum(places) / len(places) if places else len(other), _natural(chain))

    return sorted(column, key=middle)


def _beside(
    column: list[str], alphas: Mapping[str, Chain], pairs: Iterable[Line], names: Mapping[str, str]
) -> dict[str, Chain]:
    """The beta chains, each as near as may be to the middle of its partners."""
    lines = list(pairs)
    height: dict[str, float] = {}
    lowest = float(TOP)
    for chain in column:
        partners = [alphas[alpha].y for alpha, beta in lines if beta == chain]
        height[chain] = max(lowest, sum(partners) / len(partners) if partners else lowest)
        lowest = height[chain] + STEP
    limit = float(TOP + STEP * (max(len(alphas), len(column)) - 1))
    for chain in reversed(column):
        height[chain] = min(height[chain], limit)
        limit = height[chain] - STEP
    return {chain: _chain(chain, names, RIGHT, height[chain]) for chain in column}


def _chain(iri: str, names: Mapping[str, str], x: float, y: float) -> Chain:
    return Chain(Thing(names.get(iri, local_name(iri)), iri), x, round(y, 1))


def _pair(thing: Thing, ends: Ends, lines: list[Ends], categories: list[Thing], ligands: list[str]) -> Pair:
    alpha, beta = ends
    x, y = _place(ends, lines)
    return Pair(thing, alpha, beta, tuple(categories), tuple(ligands), round(x, 1), round(y, 1))


def _place(ends: Ends, lines: list[Ends]) -> tuple[float, float]:
    """Where on a line its tag stands: towards the end where fewer lines meet, clear of the others."""
    at_alpha, at_beta = (sum(line[end] == ends[end] for line in lines) for end in (0, 1))
    places = [_point(ends, along) for along in (_NEAR_ALPHA if at_alpha <= at_beta else _NEAR_BETA)]
    others = [line for line in lines if line != ends]

    def clearance(place: tuple[float, float]) -> float:
        along = (place[0] - LEFT) / (RIGHT - LEFT)
        return min([_CLEAR, *(abs(_point(other, along)[1] - place[1]) for other in others)])

    return max(places, key=clearance)


def _point(ends: Ends, along: float) -> tuple[float, float]:
    alpha, beta = ends
    return alpha.x + (beta.x - alpha.x) * along, alpha.y + (beta.y - alpha.y) * along


def _legend(categories: Iterable[list[Thing]]) -> list[tuple[Thing, int]]:
    counts: dict[Thing, int] = {}
    for found in categories:
        for category in found:
            counts[category] = counts.get(category, 0) + 1
    return list(counts.items())


def _natural(iri: str) -> str:
    """The order in which people count: α2 before α10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(4), iri.removeprefix(BASE))
