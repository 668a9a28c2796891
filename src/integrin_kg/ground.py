"""Pairs of numbers, packed and sorted from both ends: eight bytes for each pair and end.

What a graph of millions of triples is held in beside the store, where a Python object for each triple would
take a hundred times that.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

_LOW = 0xFFFFFFFF
_TURN = 32


class Ground:
    """What stands under one predicate from the beginning: ``pairs`` of a subject and an object, each below
    2**32, as ``subject << 32 | object``, in any order and as often as you like.

    >>> ground = Ground([1 << 32 | 7, 1 << 32 | 5, 2 << 32 | 7])
    >>> list(ground.objects(1)), list(ground.subjects(7)), ground.has(2, 5)
    ([5, 7], [1, 2], False)
    >>> ground.take(1, 7)
    >>> list(ground), len(ground)
    ([(1, 5), (2, 7)], 2)
    """

    def __init__(self, pairs: Iterable[int]) -> None:
        self._by_subject = _packed(pairs)
        self._by_object = _packed(map(_turned, self._by_subject))
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._by_subject) - len(self._gone)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        gone = self._gone
        for pair in self._by_subject:
            if pair not in gone:
                yield pair >> _TURN, pair & _LOW

    def has(self, subject: int, value: int) -> bool:
        """Return whether the pair is there."""
        pair = subject << _TURN | value
        index = bisect_left(self._by_subject, pair)
        found = index < len(self._by_subject) and self._by_subject[index] == pair
        return found and pair not in self._gone

    def take(self, subject: int, value: int) -> None:
        """Take away a pair that is there."""
        self._gone.add(subject << _TURN | value)

    def objects(self, subject: int) -> list[int]:
        """Return the objects that ``subject`` is paired with, smallest first."""
        found = _beginning(self._by_subject, subject)
        if not self._gone:
            return [pair & _LOW for pair in found]
        return [pair & _LOW for pair in found if pair not in self._gone]

    def subjects(self, value: int) -> list[int]:
        """Return the subjects that ``value`` is paired with, smallest first."""
        found = _beginning(self._by_object, value)
        if not self._gone:
            return [pair & _LOW for pair in found]
        return [pair & _LOW for pair in found if _turned(pair) not in self._gone]

    def one_each(self, *, by_object: bool) -> Iterator[tuple[int, int]]:
        """Yield one pair of each subject or, ``by_object``, of each object."""
        last = -1
        for pair in self._by_object if by_object else self._by_subject:
            first = pair >> _TURN
            if first == last or (_turned(pair) if by_object else pair) in self._gone:
                continue
            last = first
            yield (pair & _LOW, first) if by_object else (first, pair & _LOW)


def _packed(pairs: Iterable[int]) -> array[int]:
    ordered = sorted(pairs)
    packed = array("Q", ordered)
    if any(map(int.__eq__, ordered, ordered[1:])):  # rare: what two graphs state
        packed = array("Q", dict.fromkeys(ordered))
    return packed


def _turned(pair: int) -> int:
    return (pair & _LOW) << _TURN | pair >> _TURN


def _beginning(pairs: array[int], first: int) -> array[int]:
    """The pairs that begin with ``first``."""
    low = bisect_left(pairs, first << _TURN)
    return pairs[low : bisect_left(pairs, first + 1 << _TURN, low)]
