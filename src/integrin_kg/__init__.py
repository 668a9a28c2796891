"""The integrin knowledge graph. In Python: ``from integrin_kg import KnowledgeGraph``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrin_kg.api.graph import KnowledgeGraph

__all__ = ["KnowledgeGraph", "__version__"]

__version__: str


def __getattr__(name: str) -> Any:
    # The package's other modules need none of what it imports.
    if name == "__version__":
        from importlib.metadata import version

        return version("integrin-kg")
    if name != "KnowledgeGraph":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from integrin_kg.api.graph import KnowledgeGraph

    return KnowledgeGraph
