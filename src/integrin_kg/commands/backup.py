"""``integrin-kg backup``: what a store keeps, in a file."""

from __future__ import annotations

import argparse

from integrin_kg.kept import Kept


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    changes = Kept(arguments.folder, found=True).backup(arguments.file)
    print(f"{arguments.file}: {arguments.folder} as it was after change {changes}")
    return 0
