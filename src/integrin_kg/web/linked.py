"""Terms and entities as linked data: a page or RDF at each IRI's own path, by Accept or by suffix.

An IRI here names a thing in the world, and a thing is no document. The permanent IRI says so: the rules in
``w3id/`` answer it with 303 See Other (https://www.w3.org/TR/cooluris/#r303gendocument) and lead to the
generic document that is served here, of which content negotiation picks a variant
(RFC 9110, section 12.1) and Content-Location names it. A second 303 here would say nothing new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query, ReadGraph
from integrin_kg.jsonld import JSONLD, compact, context
from integrin_kg.lookup.current import Current
from integrin_kg.lookup.names import Index
from integrin_kg.lookup.questions import NTRIPLES, Questions, parsed
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE, SCHEMA_GRAPH
from integrin_kg.web import bioschemas, browse, versions
from integrin_kg.web.gone import client_gone
from integrin_kg.web.links import local_link
from integrin_kg.web.negotiation import HTML, TRIPLES, best, for_engine
from integrin_kg.web.sparql import carry
from integrin_kg.web.vocabulary import Vocabulary

_CSV = "text/csv"
_ONTOLOGY = BASE + "schema"

_PATH = re.compile(r"[A-Za-z0-9._/-]+")
_SUFFIX = {HTML: "html", _CSV: "csv"} | TRIPLES

SUFFIXES = {suffix: media_type for media_type, suffix in reversed(_SUFFIX.items())}
"""The media types of the variants by their suffixes."""

_ALTERNATES = ("html", "ttl", "jsonld", "rdf", "nt", "csv")

EntityPage = Callable[[str], str]
"""Renders the page of the entity at an IRI, of which something is said."""


@dataclass(frozen=True)
class Variants:
    """The documents about the thing at ``iri``."""

    iri: str

    def path(self, suffix: str) -> str:
        """Return the path of the variant with that suffix."""
        return f"{local_link(self.iri)}.{suffix}"

    def alternates(self) -> list[tuple[str, str]]:
        """Return path and media type of each variant that is announced."""
        offered = [suffix for suffix in _ALTERNATES if suffix != "csv" or self.iri != _ONTOLOGY]
        return [(self.path(suffix), SUFFIXES[suffix]) for suffix in offered]

    def links(self) -> list[str]:
        """Return the Link header's values (RFC 8288): the variants, the thing that they describe
        (RFC 6892) and by which IRI they want to be known (RFC 6596)."""
        variants = [f'<{path}>; rel="alternate"; type="{kind}"' for path, kind in self.alternates()]
        about = f'<{self.path("ttl")}>; rel="describedby"; type="text/turtle"; anchor="{self.iri}"'
        return [f'<{self.iri}>; rel="canonical describes"', about, *variants]


def blueprint(documents: Documents) -> Blueprint:
    """Return the routes of ``documents``."""
    data = Blueprint("linked", __name__)

    @data.get("/schema", defaults={"suffix": ""})
    @data.get("/schema.<string:suffix>")
    def ontology(suffix: str) -> Response:
        return documents.about(f"schema.{suffix}" if suffix else "schema")

    @data.get("/schema/")
    def namespace() -> Response:
        """Lead from the IRI that all terms begin with to the ontology that describes them."""
        return Response(status=303, headers={"Location": "/schema"})

    @data.get("/<string:kind>/<string:slug>")
    def thing(kind: str, slug: str) -> Response:
        return documents.about(f"{kind}/{slug}")

    return data


@dataclass(frozen=True)
class Documents:
    """Writes the documents about terms and entities, the pages of entities by ``entity_page``."""

    engine: Engine
    settings: Settings
    questions: Questions
    vocabulary: Current[Vocabulary]
    index: Current[Index]
    entity_page: EntityPage

    def about(self, path: str) -> Response:
        """Return the variant that the request wants of what is said at ``path``; :class:`Problem` where
        nothing is."""
        if not _PATH.fullmatch(path):
            raise Problem(404, "Nothing here", "No term or entity has such an IRI.")
        path, asked_for = _split(path)
        iri = BASE + path
        if iri == self.vocabulary.get().version_iri:
            iri = _ONTOLOGY  # of which there is this one version
        if iri != _ONTOLOGY and not self.questions.values("known", iri):
            raise _nothing(iri, self.index.get())
        if iri == _ONTOLOGY and asked_for == _CSV:
            raise Problem(404, "Nothing here", "An ontology is no table: there is /schema.ttl.")
        media_type, variants = asked_for or _negotiated(iri), Variants(iri)
        response = self._page(iri) if media_type == HTML else self._data(iri, media_type)
        response.headers["Vary"] = "Accept"
        response.headers["Content-Location"] = variants.path(_SUFFIX[media_type])
        response.headers.extend([("Link", link) for link in variants.links()])
        return response

    def _page(self, iri: str) -> Response:
        vocabulary, index = self.vocabulary.get(), self.index.get()
        entry = index.entries.get(iri)
        g.variants = Variants(iri)
        if iri == _ONTOLOGY:
            page = browse.ontology_page(vocabulary)
        elif iri in vocabulary.terms:
            g.markup = bioschemas.term(entry) if entry else None
            page = browse.term_page(self.questions, vocabulary, index, iri)
        else:
            g.markup = bioschemas.thing(entry, vocabulary) if entry else None
            page = self.entity_page(iri)
        return Response(page, content_type="text/html; charset=utf-8")

    def _data(self, iri: str, media_type: str) -> Response:
        shape, version = [iri, media_type], self.engine.version
        known = versions.unchanged(version, shape)
        return known or versions.mark(self._written(iri, media_type), version, shape)

    def _written(self, iri: str, media_type: str) -> Response:
        if media_type == _CSV:
            text = self.questions.about("statements", iri)
            return self._answer(Query(text, _CSV, None, timeout=self.settings.query_timeout))
        wanted = for_engine(media_type, triples=True) or media_type
        if wanted != JSONLD:
            return self._answer(self._reading(iri, wanted))
        triples = parsed(self.engine.run(self._reading(iri, NTRIPLES), client_gone).read())
        found = compact(triples, context(self.vocabulary.get().ontology))
        return Response(json.dumps(found, ensure_ascii=False, indent=1) + "\n", content_type=JSONLD)

    def _reading(self, iri: str, media_type: str) -> Query | ReadGraph:
        if iri == _ONTOLOGY:  # whole, as OWL 2 wants it at its IRI (section 3.2)
            return ReadGraph(SCHEMA_GRAPH.value, media_type, timeout=self.settings.query_timeout)
        text = self.questions.about("about", iri)
        return Query(text, None, media_type, timeout=self.settings.query_timeout)

    def _answer(self, task: Query | ReadGraph) -> Response:
        query = task if isinstance(task, Query) else Query("", None, None, reasoning=False)
        return carry(self.engine.run(task, client_gone), query)


def _split(path: str) -> tuple[str, str | None]:
    """The path of a thing, and the media type that a suffix asks for."""
    stem, _, suffix = path.rpartition(".")
    return (stem, SUFFIXES[suffix]) if suffix in SUFFIXES else (path, None)


def _negotiated(iri: str) -> str:
    offered = [HTML, *TRIPLES] if iri == _ONTOLOGY else [HTML, *TRIPLES, _CSV]
    media_type = best(request.accept_mimetypes, offered)
    if media_type is None:
        raise Problem(406, "Not acceptable", f"There are {', '.join(offered)}.")
    return media_type


def _nothing(iri: str, index: Index) -> Problem:
    near = index.near(iri.rpartition("/")[2])
    suggestions = [{"label": entry.label, "iri": entry.iri} for entry in near]
    further = {"suggestions": suggestions} if suggestions else {}
    return Problem(404, "Nothing here", f"Nothing is said of <{iri}>.", **further)
