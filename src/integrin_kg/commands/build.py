"""``integrin-kg build``: the graph as files."""

from __future__ import annotations

import argparse

from integrin_kg import files
from integrin_kg.knowledge import Knowledge


def run(arguments: argparse.Namespace) -> int:
    """Write the graph into a folder; print the files' paths."""
    for path in files.write(Knowledge.assemble(), arguments.output):
        print(path)
    return 0
