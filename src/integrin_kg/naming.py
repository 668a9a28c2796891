"""Which thing a person means by a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode

from integrin_kg.errors import MeantToBeRead
from integrin_kg.spelling import did_you_mean
from integrin_kg.text import spelling
from integrin_kg.vocab import BASE, PREFIXES, RDF_TYPE

_OF_THE_SOURCE = tuple(f"{BASE}{kind}/" for kind in ("claim", "publication", "section"))


class UnknownName(MeantToBeRead, ValueError):
    """A name that nothing has, or that several things have; the message says what may be meant."""


class Names:
    """The names of things: of each the IRI, the role (``label`` or another) and the name.

    >>> names = Names([("urn:x:avb3", "label", "integrin αvβ3")])
    >>> names.iri("Integrin alphaV-beta3"), names.iri("ikg:RGDReceptor"), names.iri("motif/RGD")[-9:]
    ('urn:x:avb3', 'https://w3id.org/integrin-kg/schema/RGDReceptor', 'motif/RGD')
    """

    def __init__(self, names: Iterable[tuple[str, str, str]]) -> None:
        self._written: dict[tuple[int, str], set[str]] = defaultdict(set)
        self._spelled: dict[tuple[int, str], set[str]] = defaultdict(set)
        for iri, role, name in names:
            rank = 2 if iri.startswith(_OF_THE_SOURCE) else 0 if role == "label" else 1
            self._written[rank, name].add(iri)
            self._spelled[rank, spelling(name)].add(iri)

    def iri(self, given: str) -> str:
        """Return the IRI that a person means: as it is, as ``prefix:name`` or ``path/name``, ``a``, or by a
        name.

        A name as it is written goes before one that is only spelled alike, a label before other names, and
        all before the sections and claims of the source. Raises :class:`UnknownName` where nothing is called
        that, or more than one thing is, and for an IRI that is none.
        """
        return _checked(self._meant(given))

    def _meant(self, given: str) -> str:
        if "://" in given or given.startswith("urn:"):
            return given
        if given in ("a", "is a"):
            return RDF_TYPE.value
        prefix, colon, local = given.partition(":")
        if colon and prefix in PREFIXES:
            return PREFIXES[prefix] + local
        return self._named(given) or self._path(given)

    def _named(self, given: str) -> str:
        for names, key in ((self._written, given), (self._spelled, spelling(given))):
            for rank in range(3) if key else ():
                found = sorted(names.get((rank, key), ()))
                if len(found) > 1:
                    raise UnknownName(f"several things are called {given!r}: {', '.join(found)}")
                if found:
                    return found[0]
        return ""

    def _path(self, given: str) -> str:
        if "/" in given and " " not in given:
            return BASE + given
        known = (name for _, name in sorted(self._written, reverse=True))  # of two alike the label is kept
        raise UnknownName(f"nothing is called {given!r}{did_you_mean(given, known)}")


def _checked(iri: str) -> str:
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise UnknownName(f"<{iri}> is no IRI: {error}") from error
