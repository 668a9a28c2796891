"""The W3C's test manifests: which tests there are, and which files they speak of.

The vocabulary is described in the rdf-tests repository, sparql/sparql11/README.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

# Where the files are published: what their relative IRIs are relative to.
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"

# The suites by what they test; of the others some need what no server alone can give.
GROUPS = {
    "service-description": "service-description",
    "protocol": "protocol",
    "graph-store-protocol": "graph-store",
    "http-rdf-update": "graph-store-2012",
    "csv-tsv-res": "results",
    "json-res": "results",
    "syntax-fed": "federation",
    "service": "federation",
    "entailment": "entailment",
}


@dataclass(frozen=True)
class Dataset:
    """Files to load: into the default graph, and into graphs by their names."""

    default: tuple[Path, ...] = ()
    named: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Test:
    """A manifest's entry. ``memory`` is shared by all tests of a manifest: what one of them learns
    (where a graph was created) a later one may name."""

    group: str
    suite: str
    name: str
    kind: str
    node: Node
    graph: Graph
    folder: Path
    memory: dict[str, str]

    @property
    def title(self) -> str:
        """What the test is about, in the manifest's words."""
        return str(self.graph.value(self.node, MF.name) or self.name)

    @property
    def action(self) -> Node:
        """What is to be done: a file's IRI, or a node that says more."""
        (action,) = self.graph.objects(self.node, MF.action)
        return action

    def path(self, iri: Node) -> Path:
        """Return the file that an IRI of the manifest stands for."""
        return self.folder / str(iri).removeprefix(BASE)

    def request(self) -> tuple[Path, str]:
        """Return the file of the query or update, and its text with the base that it was written for:
        over HTTP nobody knows where a file lay."""
        stated = [*self.graph.objects(self.action, QT.query), *self.graph.objects(self.action, UT.request)]
        iri = stated[0] if stated else self.action
        path = self.path(iri)
        return path, f"BASE <{iri}>\n{path.read_text('utf-8')}"

    def dataset(self, node: Node, vocabulary: Namespace) -> Dataset:
        """Return the data that ``node`` states in the query or the update tests' vocabulary."""
        named = {}
        for stated in self.graph.objects(node, vocabulary.graphData):
            file = self.graph.value(stated, UT.graph) or stated
            named[str(self.graph.value(stated, RDFS.label) or file)] = self.path(file)
        default = tuple(self.path(file) for file in self.graph.objects(node, vocabulary.data))
        return Dataset(default, named)


def read(folder: Path) -> Iterator[Test]:
    """Yield the tests of every manifest below ``folder`` (sparql/sparql11 of the repository), in order."""
    manifests = sorted(folder.glob("*/manifest*.ttl"))
    if not manifests:
        raise SystemExit(f"{folder} holds no */manifest.ttl: give the folder sparql/sparql11 of rdf-tests")
    for path in manifests:
        graph = Graph().parse(path, publicID=BASE + path.relative_to(folder).as_posix())
        memory: dict[str, str] = {}
        for entries in graph.objects(None, MF.entries):
            for node in Collection(graph, entries):
                kind = local(graph.value(node, RDF.type))
                suite = path.parent.name
                yield Test(
                    _group(suite, kind, graph, node), suite, local(node), kind, node, graph, folder, memory
                )


def local(iri: Node | None) -> str:
    """Return an IRI's last part.

    >>> local(MF.entries)
    'entries'
    """
    return str(iri).rpartition("#")[2]


def _group(suite: str, kind: str, graph: Graph, node: Node) -> str:
    if suite in GROUPS:
        return GROUPS[suite]
    # A negative syntax test does not say of which language: its file's name does.
    return "update" if "Update" in kind or str(graph.value(node, MF.action)).endswith(".ru") else "query"


def markdown(test: Test) -> str | None:
    """Return the comment in which a test describes its exchange, where it has one."""
    comments = (str(c) for c in test.graph.objects(test.node, RDFS.comment) if isinstance(c, Literal))
    return next((comment for comment in comments if "#### Request" in comment), None)
