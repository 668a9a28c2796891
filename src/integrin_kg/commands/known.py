"""The graph that a command works on."""

from __future__ import annotations

import argparse

from integrin_kg import prebuilt
from integrin_kg.knowledge import Knowledge


def knowledge(arguments: argparse.Namespace, *, reasoning: bool = True) -> Knowledge:
    """Return the graph, with the ontologies that the arguments name."""
    known = prebuilt.knowledge(reasoning=reasoning, beside=arguments.ontology)
    known.own.tell_what_is_beyond()
    return known
