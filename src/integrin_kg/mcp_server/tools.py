"""The tools: each call works in a thread of its own, which ends when the caller hangs up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from anyio import CapacityLimiter, sleep, to_thread
from mcp_types import CallToolResult, TextContent
from pydantic import Field

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem
from integrin_kg.lookup import names
from integrin_kg.lookup.current import Current
from integrin_kg.lookup.questions import Questions
from integrin_kg.mcp_server import entities, reasons, saved, shapes, text
from integrin_kg.mcp_server.solutions import solve
from integrin_kg.settings import Settings

_POLL = 0.05
_PATIENCE = 60.0

Name = Annotated[
    str, Field(max_length=2000, description="a name in Greek or Latin letters, a gene symbol, or an IRI")
]
Most = Annotated[int, Field(ge=1, le=1000, description="how many to show at most")]


class Tools:
    """What an assistant can ask of ``engine``: as many calls at once as it takes queries; more wait."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        # What the server itself has to know: no caller could ask for less.
        patient = max(_PATIENCE, settings.query_timeout)
        self.questions = Questions(engine, replace(settings, query_timeout=patient))
        self.index = Current(engine, lambda: names.read(self.questions))
        self._places = CapacityLimiter(settings.concurrency)

    async def search(
        self,
        text: Annotated[str, Field(max_length=2000, description="any name, symbol or identifier")],
        kind: Annotated[
            str | None,
            Field(max_length=200, description="a class by its name: integrin, therapeutic, cancer, property"),
        ] = None,
        limit: Most = 20,
    ) -> Annotated[CallToolResult, shapes.Hits]:
        """Find things by any of their names: integrins, subunits, ligands, agents, diseases, pathways, and
        the classes and properties of the ontology. Takes Greek or Latin letters (αvβ3, avb3, alpha v beta 3),
        gene symbols (ITGAV), CD numbers, synonyms, and identifiers of other databases (uniprot:P06756). Gives
        IRIs, the best match first; call it before entity, explain or query when unsure of a name."""
        return await self._answer(lambda asking: entities.search(asking, self.index.get(), text, kind, limit))

    async def entity(
        self,
        name_or_iri: Name,
        claims_limit: Annotated[int, Field(ge=1, le=200, description="claims shown on each side")] = 20,
        claims_from: Annotated[int, Field(ge=0, description="how many claims to skip")] = 0,
    ) -> Annotated[CallToolResult, shapes.Entity]:
        """Tell all that is said of one thing: what it is (stated and inferred), what it binds, targets, does
        and where, and the claims for and against it, each with context, evidence, section, references and
        IRI to cite. Takes a claim's IRI too. What it does not list is not claimed, which is no denial."""
        return await self._answer(
            lambda asking: entities.entity(asking, self.index.get(), name_or_iri, claims_limit, claims_from)
        )

    async def query(
        self,
        sparql: Annotated[str, Field(description="SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE")],
        reasoning: Annotated[bool, Field(description="false: only what is asserted")] = True,
        limit: Most = 100,
    ) -> Annotated[CallToolResult, shapes.Solutions]:
        """Run a SPARQL query, read-only, under a deadline and a memory cap, without SERVICE. Read the
        resource integrin-kg://schema for the vocabulary; its prefixes need no PREFIX line. Select ?claim and
        ikg:polarity along with facts so that they can be cited and denials are seen. No row means: not
        claimed. An answer that is cut says how many rows there are."""
        return await self._answer(lambda asking: solve(asking, sparql, limit, reasoning=reasoning))

    async def explain(
        self, subject: Name, predicate: Name, object: Name
    ) -> Annotated[CallToolResult, shapes.Explanation]:
        """Prove one triple, step by step down to the claims with their sections and references, or say what
        is missing for it; with the claims that deny it. Parts are names or IRIs; the predicate may be "a" and
        the object a category: ("αvβ3", "a", "RGD receptor"), ("natalizumab", "acts on", "α4β1"). The verdict
        tells "claimed false" from "not claimed"."""
        return await self._answer(
            lambda asking: reasons.explain(asking, self.index.get(), (subject, predicate, object))
        )

    async def saved_questions(
        self,
        keyword: Annotated[str | None, Field(max_length=200, description="such as RGD or resistance")] = None,
    ) -> Annotated[CallToolResult, shapes.SavedQuestions]:
        """List the questions that have a query written and tested, all or those about a keyword."""
        return await self._answer(lambda asking: saved.listed(self.questions.saved, keyword))

    async def ask_saved(
        self,
        name: Annotated[str, Field(max_length=200, description="as saved_questions lists it")],
        limit: Most = 100,
    ) -> Annotated[CallToolResult, shapes.SavedAnswer]:
        """Answer one of the saved questions by its name; gives the query too, to be varied with query."""
        return await self._answer(lambda asking: saved.ask(asking, self.questions.saved, name, limit))

    async def ready(self) -> None:
        """Wait until the graph is built: a client is let in before, it may not be as patient."""
        while self.engine.current() is None:
            await sleep(_POLL)

    async def _answer(self, work: Callable[[Questions], shapes.Answer]) -> CallToolResult:
        """What ``work`` answers, in both forms; a problem as an error that its caller can mend."""
        await self.ready()
        left = threading.Event()
        asking = Questions(self.engine, self.settings, left.is_set)
        try:
            found = await to_thread.run_sync(work, asking, abandon_on_cancel=True, limiter=self._places)
        except Problem as problem:
            return CallToolResult(content=[TextContent(text=problem.message)], is_error=True)
        finally:
            left.set()  # a call that was cancelled: its query is stopped
        readable = TextContent(text="\n".join(text.lines(found)))
        return CallToolResult(content=[readable], structured_content=found.model_dump(mode="json"))
