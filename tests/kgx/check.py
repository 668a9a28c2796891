"""Validates two tables with KGX, then loads them, and writes what it found as JSON.

Runs in an environment of its own, ``.venv/kgx``. kgx downloads the Biolink Model when it is imported; here it
is given the copy in the package biolink-model, so that nothing is fetched.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import bmt
import requests

MODEL = files("biolink_model")


PREFIXES = json.loads((MODEL / "prefixmaps" / "biolink_model_prefix_map.json").read_text("utf-8"))


def fetched(url: str, **_: object) -> SimpleNamespace:
    """What kgx and bmt ask the network for: the prefixes, and the mapping of predicates that validation
    has no use for."""
    if url.endswith("context.jsonld"):
        return SimpleNamespace(json=lambda: {"@context": PREFIXES})
    if url.endswith("predicate_mapping.yaml"):
        return SimpleNamespace(text="{}")
    raise AssertionError(f"{url} would be fetched")


def main(nodes: str, edges: str, output: str) -> None:
    requests.get = fetched
    bmt.Toolkit.__init__.__defaults__ = (
        str(MODEL / "schema" / "biolink_model.yaml"),
        "predicate_mapping.yaml",
    )
    from kgx.cli.cli_utils import validate  # only now: they build the model when they are imported
    from kgx.transformer import Transformer
    from kgx.validator import Validator

    errors = validate([nodes, edges], "tsv", None, os.devnull)
    transformer = Transformer()
    transformer.transform({"filename": [nodes, edges], "format": "tsv"})
    graph = transformer.store.graph.graph
    model = Validator.get_toolkit()
    categories = {category for _, node in graph.nodes(data=True) for category in node["category"]}
    elements = {category: model.get_element(category) for category in categories}
    found = {
        "model": model.get_model_version(),
        "abstract": sorted(name for name, kind in elements.items() if kind.abstract or kind.mixin),
        "prefixes": sorted(PREFIXES),
        "errors": errors,
        "nodes": dict(graph.nodes(data=True)),
        "edges": [[s, o, key, data] for s, o, key, data in graph.edges(data=True, keys=True)],
    }
    Path(output).write_text(json.dumps(found, default=str), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
