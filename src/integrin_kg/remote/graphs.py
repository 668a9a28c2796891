"""Which graphs there are: ours, those that work is done in, and what the engine says of their state."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, RdfFormat, Triple, serialize

from integrin_kg.engine.messages import Problem
from integrin_kg.engine.state import Version
from integrin_kg.kept import KeptError
from integrin_kg.remote.endpoint import Addresses, Dataset, Endpoint, iri
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE, INFERRED_GRAPH, USER_GRAPHS, VOID_GRAPH

STATE = f"{BASE}graph/state"
WORK = f"{BASE}graph/work/"
APART = f"{WORK}apart"
"""Says which things are different, for rules to read; kept between changes."""

_BATCH = 2_000
_PATIENCE = 5.0
_SAY = f"{STATE}#"
_INTERNAL = {STATE, INFERRED_GRAPH.value, VOID_GRAPH.value}


@dataclass(frozen=True)
class Workspace:
    """Graphs of one change, which no reader sees: what is ``given``, what was ``concluded``, what the
    last round of rules found and what the ``coming`` one does, and which things are ``apart`` now."""

    name: str

    def _graph(self, local: str) -> str:
        return f"{WORK}{self.name}/{local}"

    @property
    def given(self) -> str:
        return self._graph("given")

    @property
    def concluded(self) -> str:
        return self._graph("concluded")

    @property
    def last(self) -> str:
        return self._graph("last")

    @property
    def coming(self) -> str:
        return self._graph("coming")

    @property
    def apart(self) -> str:
        return self._graph("apart")

    def staged(self, index: int) -> str:
        """The graph that is to replace another."""
        return self._graph(f"staged{index}")

    def clear(self, endpoint: Endpoint, staged: int = 0) -> None:
        """Empty all of them."""
        graphs = [self.given, self.concluded, self.last, self.coming, self.apart]
        clear(endpoint, [*graphs, *map(self.staged, range(staged))])


@dataclass
class Standing:
    """What the engine says of the graph it holds: the build that it is of, how many changes came since and
    whether one was cut off, what was reasoned over, each loaded graph's digest and size, users' graphs."""

    release: str = ""
    origin: str = ""
    serial: int = 0
    reasoned: str = ""
    changing: bool = False
    digests: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)

    @property
    def version(self) -> Version:
        """Which state of the statements this is."""
        return Version(self.release, self.origin, self.serial)

    @classmethod
    def read(cls, endpoint: Endpoint) -> Standing:
        """Ask the engine."""
        found = cls()
        for row in endpoint.table("SELECT ?s ?p ?o { ?s ?p ?o }", Dataset((STATE,))):
            subject, said, value = iri(row["s"]), iri(row["p"]).removeprefix(_SAY), row["o"]
            assert isinstance(value, Literal)
            if said == "digest":
                found.digests[subject] = value.value
            elif said == "size":
                found.sizes[subject] = int(value.value)
            elif said == "user":
                found.users.add(subject)
            elif said == "serial":
                found.serial = int(value.value)
            elif said == "changing":
                found.changing = True
            elif said in ("release", "origin", "reasoned"):
                setattr(found, said, value.value)
        return found

    def begin(self, endpoint: Endpoint, release: str) -> None:
        """Have the engine know that ``release`` is being loaded, under an origin of its own."""
        self.release, self.origin = release, self.origin or secrets.token_hex(4)
        endpoint.update(f"{said('release', release)} ;\n{said('origin', self.origin)}")


@dataclass(frozen=True)
class Counter:
    """How many changes the engine that ``settings`` name knows of."""

    settings: Settings

    @property
    def serial(self) -> int:
        """The number; :class:`~integrin_kg.kept.KeptError` where the engine does not say."""
        endpoint = Endpoint(Addresses.of(self.settings), _PATIENCE)
        try:
            return Standing.read(endpoint).serial
        except Problem as problem:
            raise KeptError(str(problem)) from problem
        finally:
            endpoint.close()


def said(what: str, value: str | int, about: str = STATE) -> str:
    """Return the update that has the engine say ``value``, and nothing else, under ``what`` of a graph."""
    statement = f"<{about}> <{_SAY}{what}> {Literal(value)}"
    return f"{unsaid(what, about)} ;\nINSERT DATA {{ GRAPH <{STATE}> {{ {statement} }} }}"


def unsaid(what: str, about: str = STATE) -> str:
    """Return the update that has the engine say nothing under ``what`` of a graph."""
    return f"DELETE WHERE {{ GRAPH <{STATE}> {{ <{about}> <{_SAY}{what}> ?value }} }}"


def of_users(endpoint: Endpoint, standing: Standing, shipped: Iterable[str], *, search: bool) -> list[str]:
    """Return the graphs that users wrote: those that are known to be theirs and, where the engine is to
    ``search``, those named after ``graph/user/``, whoever put them there. What else it holds is not ours."""
    found = set(standing.users)
    if search:
        found |= {graph for graph in sizes(endpoint) if graph.startswith(USER_GRAPHS)}
    return sorted(found - set(shipped) - _INTERNAL)


def sizes(endpoint: Endpoint, graphs: Iterable[str] = ()) -> dict[str, int]:
    """Return how many triples each of ``graphs`` holds, or each of all; none for an empty one."""
    text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    rows = endpoint.table(text, Dataset(named=tuple(graphs)))
    return {iri(row["g"]): int(row["n"].value) for row in rows if row["g"] is not None}


def content(endpoint: Endpoint, *graphs: str) -> Iterator[Triple]:
    """Yield the triples of ``graphs``, whose blank nodes keep their names within this one call.

    As a table: of a graph that it cuts not every engine says so.
    """
    yield from found(endpoint, "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }", graphs)


def found(endpoint: Endpoint, text: str, graphs: Sequence[str]) -> Iterator[Triple]:
    """Yield the triples that a SELECT of ``?s ?p ?o`` finds in ``graphs``."""
    for row in endpoint.table(text, Dataset(tuple(graphs))):
        yield Triple(row["s"], row["p"], row["o"])


def clear(endpoint: Endpoint, graphs: Iterable[str]) -> None:
    """Empty ``graphs``."""
    endpoint.update(" ;\n".join(f"CLEAR SILENT GRAPH <{graph}>" for graph in graphs))


def fill(endpoint: Endpoint, graph: str, triples: Iterable[Triple]) -> None:
    """Put ``triples`` into the place of what ``graph`` holds: as one document where the engine takes such,
    else in batches, blank nodes all in the first, since their names end with a request."""
    lines = as_lines(triples)
    if endpoint.addresses.graphs and lines:
        endpoint.put(graph, "".join(lines).encode())
        return
    clear(endpoint, [graph])
    add(endpoint, graph, lines)


def add(endpoint: Endpoint, graph: str, lines: list[str]) -> None:
    """Add triples, lines of N-Triples, to ``graph``."""
    unnamed = [line for line in lines if "_:" in line]
    named = [line for line in lines if "_:" not in line]
    first = max(0, _BATCH - len(unnamed))
    batches = [[*unnamed, *named[:first]], *(named[i : i + _BATCH] for i in range(first, len(named), _BATCH))]
    for batch in filter(None, batches):
        endpoint.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(batch)}}} }}")


def as_lines(triples: Iterable[Triple]) -> list[str]:
    """Return ``triples`` as sorted lines of N-Triples, each once."""
    document = serialize(set(triples), format=RdfFormat.N_TRIPLES) or b""
    return sorted(line + "\n" for line in document.decode().split("\n")[:-1])
