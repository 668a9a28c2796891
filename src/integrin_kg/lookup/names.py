"""Things by any of their names, in Greek or in Latin letters, and by their identifiers."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from integrin_kg.lookup.questions import Questions
from integrin_kg.text import abbreviated, fold, latin
from integrin_kg.vocab import OWL

EXACT, PREFIX, WORD, SUBSTRING, SCATTERED = range(5)
"""How a name matches what was typed, the best first; scattered: each word of it somewhere."""

LONGEST = 200
"""How many characters a name has at most that is asked for: twice as many as any name that ships."""

_ROLES = ("label", "synonym", "symbol", "exact", "close", "IRI")
_KINDS = {"Class": "class"} | dict.fromkeys(
    ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"), "property"
)
_WORD = re.compile(r"[0-9a-z]+")
T = TypeVar("T")

_IRI = re.compile(r"https?://", re.IGNORECASE)
_SEGMENT = re.compile(r"[/#:]+")


@lru_cache(maxsize=20_000)  # most names outlive a change of the graph
def words(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` in Latin letters.

    >>> words("Integrin αvβ3 (CD51/CD61)")
    ('integrin', 'alphavbeta3', 'cd51', 'cd61')
    """
    return tuple(_WORD.findall(latin(text).lower()))


def identifier(iri: str) -> str:
    """Return the identifier that ``iri`` ends in, with the name of what it is one of.

    >>> identifier("http://purl.uniprot.org/uniprot/P06756"), identifier("http://purl.obolibrary.org/obo/GO_0034683")
    ('uniprot:P06756', 'GO:0034683')
    """
    namespace, local = ["", *_SEGMENT.split(iri)][-2:]
    return local.replace("_", ":", 1) if namespace == "obo" else f"{namespace}:{local}"


@dataclass(frozen=True)
class Entry:
    """A thing that can be found: its names by role, its classes, and the rest that is shown of it."""

    iri: str
    names: dict[str, list[str]]

    @property
    def label(self) -> str:
        """Its name."""
        return self.names["label"][0]

    @property
    def definition(self) -> str:
        """What it is, in a sentence, where anybody says so."""
        return self.names["definition"][0] if "definition" in self.names else ""

    @property
    def types(self) -> list[str]:
        """The IRIs of the classes that it is stated to be in, those of OWL last."""
        return sorted(self.names.get("type", []), key=lambda iri: (iri.startswith(OWL), iri))


@dataclass(frozen=True)
class Name:
    """One name of an entry: how it is shown, and the words that it is compared by."""

    entry: Entry
    role: int
    text: str
    words: tuple[str, ...]


class Lines(Generic[T]):
    """Names one under the other in one text, each without its spaces: to search that is one find.

    >>> lines = Lines([("first", ["vitronectin", "receptor"]), ("second", ["receptor"])])
    >>> list(lines.matches("receptor")) == [("first", WORD), ("second", EXACT)]
    True
    """

    def __init__(self, lines: Iterable[tuple[T, Iterable[str]]]) -> None:
        self.names: list[T] = []
        self.starts: list[int] = []
        self.words: set[int] = set()
        folded, end = [], 0
        for name, parts in lines:
            self.names.append(name)
            self.starts.append(end)
            for part in parts:
                self.words.add(end)
                end += len(part)
                folded.append(part)
            folded.append("\n")
            end += 1
        self.text = "".join(folded)

    def matches(self, key: str) -> Iterator[tuple[T, int]]:
        """Yield each name that ``key`` is in, as often as it is, and how it is."""
        at = self.text.find(key)
        while at >= 0:
            line = bisect_right(self.starts, at) - 1
            rank = self._rank(at, key, self.starts[line])
            if rank != SUBSTRING or len(key) > 2:
                yield self.names[line], rank
            at = self.text.find(key, at + 1)

    def _rank(self, at: int, key: str, start: int) -> int:
        if at == start:
            return EXACT if self.text[at + len(key)] == "\n" else PREFIX
        return WORD if at in self.words else SUBSTRING


@dataclass(frozen=True)
class Hit:
    """An entry that was found, and the name that it was found by."""

    rank: int
    name: Name

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """What hits are sorted by: how, by which name, and the shorter first."""
        entry = self.name.entry
        return self.rank, self.name.role, len(self.name.text), entry.label, entry.iri


class Index:
    """The names of one version of the graph.

    >>> rows = [{"thing": "urn:x:avb3", "role": "label", "text": "integrin αvβ3"}]
    >>> [hit.name.entry.label for hit in Index(rows).find("avb3")]
    ['integrin αvβ3']
    """

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            known = found[row["thing"]][row["role"]]
            if row["text"] not in known:
                known.append(row["text"])
        self.entries = {iri: Entry(iri, dict(names)) for iri, names in found.items() if "label" in names}
        self.names = [name for entry in self.entries.values() for name in _names(entry)]
        self.full = Lines((name, name.words) for name in self.names)
        short = ((name, tuple(map(abbreviated, name.words))) for name in self.names)
        self.short = Lines((name, parts) for name, parts in short if parts != name.words)

    def find(self, text: str) -> list[Hit]:
        """Return what ``text`` names, the best first: exactly, then as a beginning, a word, a part; or
        where nothing has it so, what all its words are in."""
        parts = words(identifier(text) if _IRI.match(text) else text)
        found = self._with("".join(parts)) if parts else []
        if found or len(parts) < 2:
            return found
        first, *others = dict.fromkeys(parts)
        scattered = {hit.name.entry.iri: Hit(SCATTERED, hit.name) for hit in self._with(first)}
        for part in others:
            if not scattered:
                break
            having = {hit.name.entry.iri for hit in self._with(part)}
            scattered = {iri: hit for iri, hit in scattered.items() if iri in having}
        return sorted(scattered.values(), key=lambda hit: hit.order)

    def _with(self, key: str) -> list[Hit]:
        best_of: dict[str, Hit] = {}
        short = abbreviated(key)
        lines = [(self.full, key), (self.short, key)] + ([(self.short, short)] if short != key else [])
        for name, rank in (match for searched, wanted in lines for match in searched.matches(wanted)):
            hit = Hit(rank, name)
            known = best_of.setdefault(name.entry.iri, hit)
            if hit.order < known.order:
                best_of[name.entry.iri] = hit
        return sorted(best_of.values(), key=lambda hit: hit.order)

    def near(self, text: str, most: int = 5) -> list[Entry]:
        """Return what somebody may have meant by ``text``: what it finds, or else names spelled like it;
        nothing where it is longer than any name."""
        if len(text) > LONGEST:
            return []
        found = [hit.name.entry for hit in self.find(text)]
        if not found:
            near = difflib.get_close_matches(abbreviated(fold(text)), self._by_key, 2 * most, 0.6)
            found = [self._by_key[key] for key in near]
        return list({entry.iri: entry for entry in found}.values())[:most]

    def kind(self, entry: Entry) -> str:
        """Return the name of the class that ``entry`` is in."""
        for iri in entry.types:
            if iri in self.entries:
                return self.entries[iri].label
            if iri.removeprefix(OWL) in _KINDS:
                return _KINDS[iri.removeprefix(OWL)]
        return "thing"

    @cached_property
    def _by_key(self) -> dict[str, Entry]:
        told = (name for name in self.names if _ROLES[name.role] in ("label", "synonym", "symbol", "IRI"))
        return {abbreviated("".join(name.words)): name.entry for name in told}


def _names(entry: Entry) -> Iterator[Name]:
    for number, role in enumerate(_ROLES):
        for text in [entry.iri] if role == "IRI" else entry.names.get(role, []):
            known_as = text if role not in ("exact", "close", "IRI") else identifier(text)
            spellings = {known_as, known_as.rpartition(":")[2]} if known_as != text else {text}
            for spelling in spellings:
                if found := words(spelling):
                    yield Name(entry, number, known_as, found)


def read(questions: Questions) -> Index:
    """Return the index of the graph as it is now."""
    return Index(questions.values("names", reasoning=False))
