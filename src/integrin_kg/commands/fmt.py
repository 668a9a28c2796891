"""``integrin-kg fmt``: tables in canonical form."""

from __future__ import annotations

import argparse

from integrin_kg import fmt, resources
from integrin_kg.commands.texts import text
from integrin_kg.ontology import Ontology
from integrin_kg.tables import TableError


def run(arguments: argparse.Namespace) -> int:
    """Rewrite the tables that are not; print their paths. With ``--check`` only print them."""
    folder = resources.ontology_folder()
    ontology = Ontology.load(folder)
    source = text(arguments.source) if arguments.source else None
    shipped = sorted((folder / "data").glob("*.tsv"))
    changed = 0
    problems = []
    for path in arguments.tables or shipped:
        siblings = sorted(path.parent.glob("*.tsv"))
        try:
            formatted = fmt.formatted(path, ontology, fmt.Names.read(siblings), source)
        except TableError as error:
            problems += error.problems
            continue
        if formatted.encode() != path.read_bytes():
            changed += 1
            print(path)
            if not arguments.check:
                path.write_bytes(formatted.encode())
    if problems:
        raise TableError(problems)
    return 1 if changed and arguments.check else 0
