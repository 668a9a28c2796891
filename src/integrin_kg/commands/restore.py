"""``integrin-kg restore``: a store from a backup."""

from __future__ import annotations

import argparse

from integrin_kg.kept import restore


def run(arguments: argparse.Namespace) -> int:
    """Make the store."""
    changes = restore(arguments.file, arguments.folder)
    print(f"{arguments.folder}: as it was after change {changes}")
    return 0
