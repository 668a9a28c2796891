"""Ontologies and data of a user's own, as many triples as memory holds: read once, into a store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store, Triple

from integrin_kg.ontology import Ontology, rename_blank_nodes, triples_of
from integrin_kg.progress import progress
from integrin_kg.rules import compile_rules, is_axiomatic
from integrin_kg.text import slug
from integrin_kg.vocab import RDFS_LABEL, USER_GRAPHS


class Own(Collection[Quad]):
    """The statements of the files at ``paths``, in any RDF format, each in a graph named after its file.

    Raises :class:`~integrin_kg.ontology.OntologyError` for a file that cannot be read, with the line.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self.paths, self.store = paths, Store()
        self.graphs = [NamedNode(f"{USER_GRAPHS}{slug(path.stem)}") for path in paths]
        self._axioms: dict[NamedNode, dict[Triple, None]] = {}
        self.sizes: Counter[NamedNode] = Counter()
        for path, graph in zip(paths, self.graphs, strict=True):
            before = len(self.store)
            self.store.bulk_extend(self._read(path, graph))
            self.sizes[graph] += len(self.store) - before

    def __iter__(self) -> Iterator[Quad]:
        return chain.from_iterable(
            self.store.quads_for_pattern(None, None, None, graph) for graph in dict.fromkeys(self.graphs)
        )

    def __len__(self) -> int:
        return self.sizes.total()

    def __contains__(self, quad: object) -> bool:
        return isinstance(quad, Quad) and quad.graph_name in self.graphs and quad in self.store

    @property
    def axioms(self) -> list[Triple]:
        """The axioms among them, and the names of what these are about."""
        return [triple for graph in self._axioms for triple in self._axioms_of(graph)]

    def tell_what_is_beyond(self) -> None:
        """Say on standard error which axioms no rule can express, and in which file they are."""
        for path, graph in zip(self.paths, self.graphs, strict=True):
            for axiom in compile_rules(Ontology(self._axioms_of(graph))).beyond:
                print(f"{path}: this axiom is for the DL reasoner: {axiom}", file=sys.stderr)

    def _axioms_of(self, graph: NamedNode) -> list[Triple]:
        axioms = self._axioms[graph]
        named = {term for t in axioms for term in (t.subject, t.object) if isinstance(term, NamedNode)}
        labels = (
            quad.triple
            for term in sorted(named, key=str)
            for quad in self.store.quads_for_pattern(term, RDFS_LABEL, None, graph)
        )
        return [*axioms, *labels]

    def remove(self, quads: Iterable[Quad]) -> None:
        """Take away those of ``quads`` that are among them."""
        for quad in quads:
            if quad in self and isinstance(quad.graph_name, NamedNode):
                self.store.remove(quad)
                self.sizes[quad.graph_name] -= 1

    def _read(self, path: Path, graph: NamedNode) -> Iterator[Quad]:
        axioms = self._axioms.setdefault(graph, {})
        triples = rename_blank_nodes(triples_of(path), slug(path.stem))
        for triple in progress(triples, f"Reading {path.name}", "triples"):
            if is_axiomatic(triple):
                axioms[triple] = None
            yield Quad(triple.subject, triple.predicate, triple.object, graph)
