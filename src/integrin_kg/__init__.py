"""The integrin knowledge graph. In Python: ``from integrin_kg import KnowledgeGraph``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrin_kg.api.graph import KnowledgeGraph

__all__ = ["KnowledgeGraph"]


def __getattr__(name: str) -> Any:
    # The package's other modules need none of what it imports.
    if name != "KnowledgeGraph":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from integrin_kg.api.graph import KnowledgeGraph

    return KnowledgeGraph
