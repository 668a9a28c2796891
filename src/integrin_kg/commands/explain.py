"""``integrin-kg explain``: a proof, or what is missing for one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from integrin_kg.commands.known import knowledge
from integrin_kg.explain import Document, as_text, as_turtle
from integrin_kg.knowledge import Knowledge


def run(arguments: argparse.Namespace) -> int:
    """Print why a triple holds, or why not; the status says which."""
    known = knowledge(arguments)
    names = known.names()
    given = (arguments.subject, arguments.predicate, arguments.object)
    subject, predicate, value = (NamedNode(names.iri(part)) for part in given)
    triple = Triple(subject, predicate, value)
    document = known.explainer().explain(triple, every=arguments.all)
    if arguments.verify and document["holds"]:
        _verify(document, known)
    if arguments.format == "json":
        print(json.dumps(document, indent=2, ensure_ascii=False))
    elif arguments.format == "ttl":
        sys.stdout.buffer.write(as_turtle(document))
    else:
        print(as_text(document))
    return 0 if document["holds"] else 1


def _verify(document: Document, known: Knowledge) -> None:
    from rdflib import Graph  # takes longer to import than most proofs to find

    from integrin_kg import referee

    def graph(triples: Iterable[Triple]) -> Graph:
        data = serialize(set(triples), format=RdfFormat.N_TRIPLES) or b""
        return Graph().parse(data=data, format="nt")

    ontology, asserted = graph(known.ontology.triples), graph(quad.triple for quad in known.stated())
    for proof in document.get("proofs", [document["proof"]]):
        referee.check(proof, ontology, asserted)
    print("the independent checker accepts the proof", file=sys.stderr)
