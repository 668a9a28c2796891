"""``integrin-kg anchors``: where the claims stand in the source, and how much of it they cover."""

from __future__ import annotations

import argparse
import sys

from integrin_kg import resources, table
from integrin_kg.commands.texts import text
from integrin_kg.coverage import broken_anchors, coverage
from integrin_kg.ontology import Ontology
from integrin_kg.tables import load
from integrin_kg.text import normalise


def run(arguments: argparse.Namespace) -> int:
    """Print the coverage of each section, or the anchors that do not resolve."""
    folder = resources.ontology_folder()
    curation = load(folder, Ontology.load(folder))
    source = text(arguments.source)
    anchored = [claim for claim in curation.claims if claim.anchor]
    problems = broken_anchors(source, anchored)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} of {len(anchored)} anchors do not resolve", file=sys.stderr)
        return 1
    rows = []
    for part in coverage(source, curation):
        share = f"{100 * part.covered / part.length:.0f} %"
        rows.append([part.section.name, str(part.claims), share, str(len(part.bare))])
        for start, end in part.bare if arguments.bare else ():
            rows.append([f"  {start}-{end} {normalise(source[start:end])[:60]}", "", "", ""])
    print(table.aligned(["section", "claims", "covered", "sentences without a claim"], rows))
    print(f"\nall {len(anchored)} anchors resolve")
    return 0
