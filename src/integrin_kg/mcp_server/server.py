"""The server: what an assistant is offered, over either transport."""

from __future__ import annotations

import inspect
from functools import partial
from importlib.metadata import version

from anyio import to_thread
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.resources import FunctionResource, TextResource
from mcp_types import ToolAnnotations

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem
from integrin_kg.mcp_server import words
from integrin_kg.mcp_server.tools import Tools
from integrin_kg.settings import Settings

_SAFE = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_TITLES = {
    "search": "Find things by name",
    "entity": "All that is said of a thing",
    "query": "SPARQL query",
    "explain": "Why a triple holds, or not",
    "saved_questions": "List saved questions",
    "ask_saved": "Answer a saved question",
}


def create(engine: Engine, settings: Settings) -> MCPServer[None]:
    """Return the server that answers from ``engine``."""
    server: MCPServer[None] = MCPServer(
        "integrin-kg",
        title="Integrin Knowledge Graph",
        instructions=words.INSTRUCTIONS,
        version=version("integrin-kg"),
    )
    tools = Tools(engine, settings)
    for name, title in _TITLES.items():
        tool = getattr(tools, name)
        server.add_tool(tool, title=title, description=inspect.getdoc(tool), annotations=_SAFE)
    _add_resources(server, tools)
    for prompt in (words.evidence, words.why):
        server.add_prompt(Prompt.from_function(prompt, description=inspect.getdoc(prompt)))
    return server


def _add_resources(server: MCPServer[None], tools: Tools) -> None:
    server.add_resource(
        FunctionResource.from_function(
            partial(_schema, tools),
            "integrin-kg://schema",
            name="schema",
            title="The vocabulary",
            description="Prefixes, classes and properties with their definitions, for SPARQL",
            mime_type="text/markdown",
        )
    )
    for query in tools.questions.saved.values():
        server.add_resource(
            TextResource(
                uri=f"integrin-kg://questions/{query.name}",
                name=query.name,
                title=query.question,
                description=query.description,
                mime_type="application/sparql-query",
                text=query.text,
            )
        )


async def _schema(tools: Tools) -> str:
    await tools.ready()
    try:
        return await to_thread.run_sync(words.schema, tools.questions)
    except Problem as problem:
        raise ResourceError(problem.message) from problem
