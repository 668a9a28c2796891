"""``integrin-kg release``: what is published with a version."""

from __future__ import annotations

import argparse

from integrin_kg.errors import MeantToBeRead
from integrin_kg.knowledge import Knowledge


class MissingExtra(MeantToBeRead, ValueError):
    """A command whose packages are not installed; the message names the extra that has them."""


def run(arguments: argparse.Namespace) -> int:
    """Write the files into a folder; print their paths."""
    try:
        from integrin_kg.release import release  # its packages are an extra
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"a release needs the package {error.name}: pip install 'integrin-kg[release]'"
        ) from error
    for path in release(Knowledge.assemble(), arguments.output):
        print(path)
    return 0
