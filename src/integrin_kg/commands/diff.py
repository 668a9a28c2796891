"""``integrin-kg diff``: what changed between two releases."""

from __future__ import annotations

import argparse
import json

from integrin_kg.diff import as_text, compare
from integrin_kg.releases import Release


def run(arguments: argparse.Namespace) -> int:
    """Print the differences; with ``--check`` the status says whether a term vanished."""
    difference = compare(Release.read(arguments.old), Release.read(arguments.new))
    if arguments.format == "json":
        print(json.dumps(difference.document(), indent=2, ensure_ascii=False))
    else:
        print(as_text(difference))
    return 1 if arguments.check and difference.vanished else 0
