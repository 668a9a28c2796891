"""``integrin-kg check``: errors of the tables, and what in the graph breaks a rule."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from integrin_kg import checks, resources, table
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.tables import TableError, load


def run(arguments: argparse.Namespace) -> int:
    """Print what is wrong; the status says whether anything is."""
    folder = arguments.folder or resources.ontology_folder()
    ontology = Ontology.load(folder)
    try:
        curation = load(folder, ontology)
    except TableError as error:
        print(error)
        print(f"{len(error.problems)} problems", file=sys.stderr)
        return 1
    print(f"{len(curation.entities)} entities and {len(curation.claims)} claims, no problem")
    return _graph(folder) if arguments.graph else 0


def _graph(folder: Path) -> int:
    rules = checks.load_all(resources.queries_folder() / "checks")
    store = Knowledge.assemble(folder).store()
    faults = list(checks.broken(store, tqdm(rules, desc="rules", disable=None, leave=False)))
    for fault in faults:
        rows = [list(map(table.short, row)) for row in fault.rows]
        print(f"\n{fault.check.rule} ({fault.check.name})\n\n{table.aligned(fault.header, rows)}")
    if faults:
        print(f"\n{len(faults)} of {len(rules)} rules are broken", file=sys.stderr)
        return 1
    print(f"{len(rules)} rules, all kept")
    return 0
