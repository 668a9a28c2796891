"""``integrin-kg query``: a SPARQL query answered on standard output."""

from __future__ import annotations

import argparse
import sys

from integrin_kg import resources, saved, table
from integrin_kg.commands.formats import FORMATS
from integrin_kg.commands.known import knowledge
from integrin_kg.commands.texts import decoded, text
from integrin_kg.engine.evaluation import evaluate, write
from integrin_kg.engine.messages import Query


def run(arguments: argparse.Namespace) -> int:
    """Print the answer."""
    solutions, triples = FORMATS[arguments.format]
    query = Query(_text(arguments.query), solutions, triples, reasoning=arguments.reasoning)
    store = knowledge(arguments, reasoning=arguments.reasoning).store()
    results, media_type = evaluate(store, query)
    if arguments.format == "table" and media_type == solutions:
        print(table.render(results))
    else:
        write(results, media_type, sys.stdout.buffer)
    return 0


def _text(given: str) -> str:
    if given == "-":
        return decoded(sys.stdin.buffer.read(), "standard input")
    path = saved.find(given, resources.queries_folder())
    return text(path) if path else given
