"""What the query page shows and offers besides the editor: terms as people write them, the triples of a
graph as rows, downloads in every format, and the query in other languages' code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from werkzeug.exceptions import HTTPException

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.names import Entry, Index
from integrin_kg.lookup.questions import Cell, Row, shallow
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE, IKG, PREFIXES, XSD
from integrin_kg.web import protocol, sparql
from integrin_kg.web.description import own_url
from integrin_kg.web.gone import client_gone
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best

_FORMATS = {
    "csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML",
    "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF/XML", "jsonld": "JSON-LD", "nq": "N-Quads",
    "trig": "TriG", "n3": "N3",
}  # fmt: skip

_LABEL = "Label"

_NEAR, _FEW, _LONG = 20, 3, 150  # to look for what is like a name costs milliseconds
_NAME = re.compile(rf"(?<![\w:?$<])ikg:(\w+)|<({re.escape(BASE)}(?!graph/|claim/)[\w./-]+[\w-])>")
"""A term of ours, or a thing's IRI. (Not all graphs and no claim have a name that is looked up.)"""

_BARE = {"", "string", "integer", "decimal", "boolean"}

# The standard's own names come before their synonyms, so the last to be kept is the first.
_SOLUTIONS = {suffix: media_type for media_type, suffix in reversed(SOLUTIONS.items())}
_TRIPLES = {suffix: media_type for media_type, suffix in reversed(TRIPLES.items())}


def blueprint(engine: Engine, settings: Settings, known: Known) -> Blueprint:
    """Return the downloads over ``engine``, and give the templates what the query page needs."""
    page = Blueprint("answers", __name__)
    page.add_app_template_filter(curie)
    page.add_app_template_filter(triples)
    page.add_app_template_filter(datatype)
    page.add_app_template_filter(columns)
    page.add_app_template_filter(as_shell)
    page.add_app_template_filter(as_string)
    page.add_app_template_global(downloads)
    page.add_app_template_global(Asked)
    page.add_app_template_global(asked)
    page.add_app_template_global(lambda text: unknown(text, known), "unknown_names")
    page.add_app_template_global(lambda: own_url("/sparql"), "endpoint_url")

    @page.before_app_request
    def written_only() -> Response | None:
        """The editor with a query that is to be looked at first: ``run=false``."""
        shown = request.path == "/sparql" and request.args.get("run") == "false"
        if not shown or best(request.accept_mimetypes, [*SOLUTIONS, *TRIPLES, HTML]) != HTML:
            return None
        question = asked()
        return sparql.query_page(None, Query(question.text, None, None, question.reasoning))

    @page.get("/sparql.<suffix>")
    def download(suffix: str) -> Response:
        if suffix not in _FORMATS:
            raise Problem(404, "No such format", f"There are {', '.join(_FORMATS)}.")
        text = protocol.operation("query", protocol.QUERY)
        if text is None:
            raise Problem(400, "No query", "Give one as the parameter 'query'.")
        query = sparql.asked_for(text, _SOLUTIONS.get(suffix), _TRIPLES.get(suffix), settings)
        response = sparql.carry(engine.run(query, client_gone), query)
        response.headers["Content-Disposition"] = f'attachment; filename="integrins.{suffix}"'
        return response

    return page


@dataclass(frozen=True)
class Asked:
    """A query as the page's form gives it."""

    text: str
    reasoning: bool = True

    def url(self, path: str = "/sparql", **further: str) -> str:
        """Return the URL that asks it at ``path`` of this site."""
        off = {} if self.reasoning else {"reasoning": "false"}
        return f"{path}?{urlencode({'query': self.text, **off, **further})}"


def asked() -> Asked:
    """Return the query that the current request asks, as far as it can be read: a page about an error
    shows it too."""
    try:
        text = request.values.get("query", "")
        if not text and request.mimetype == protocol.QUERY:
            text = request.get_data().decode("utf-8", "replace")
        given = (request.values.get("reasoning"), request.values.get("infer"))
    except (HTTPException, Problem):  # too large, or cut short
        return Asked("", True)
    return Asked(text, "false" not in given)


def downloads(question: Asked, of_triples: bool) -> list[tuple[str, str]]:
    """Return the name and the URL of each format that an answer of solutions, or ``of_triples``, has."""
    suffixes = _TRIPLES if of_triples else _SOLUTIONS
    return [
        (name, question.url(f"/sparql.{suffix}")) for suffix, name in _FORMATS.items() if suffix in suffixes
    ]


def curie(iri: str) -> str:
    """Return ``iri`` as a query may write it, an entity by its path, and any other IRI as it is.

    >>> curie("https://w3id.org/integrin-kg/schema/Integrin"), curie("https://w3id.org/integrin-kg/motif/RGD")
    ('ikg:Integrin', 'motif/RGD')
    >>> curie("https://example.org/a#b")
    'https://example.org/a#b'
    """
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and not set(local) & set("/#?"):
            return f"{prefix}:{local}"
    return iri.removeprefix(BASE) or iri


def datatype(cell: Cell) -> str:
    """Return what a page says of a literal's kind: its language or datatype, and nothing where SPARQL
    itself writes it bare (section 4.1.2 of its Query Language).

    >>> datatype({"type": "literal", "value": "2021", "datatype": XSD + "gYear"})
    'xsd:gYear'
    """
    if language := cell.get("xml:lang"):
        return f"@{language}"
    kind = cell.get("datatype", "")
    return "" if kind.removeprefix(XSD) in _BARE else curie(kind)


@dataclass(frozen=True)
class Column:
    """A column of a saved question's answer: the variable that it shows, the one with its label (if any is
    selected), and its heading."""

    name: str
    label: str | None
    heading: str


def columns(names: Sequence[str]) -> list[Column]:
    """Return the columns that show variables of those ``names`` to people: a thing and its label are one.

    >>> [column.heading for column in columns(["geneSymbol", "integrin", "integrinLabel", "partnerLabel"])]
    ['Gene symbol', 'Integrin', 'Partner']
    """
    labels = {name: f"{name}{_LABEL}" for name in names if f"{name}{_LABEL}" in names}
    labels |= {name: after for name, after in pairwise(names) if after == _LABEL.lower()}
    shown = [name for name in names if name not in labels.values()]
    return [Column(name, labels.get(name), _in_words(name.removesuffix(_LABEL) or name)) for name in shown]


def _in_words(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name)
    return words.capitalize()


class Known(Protocol):
    """What has the names of the graph as it is now, or raises :class:`Problem`."""

    def get(self) -> Index:
        """Return them."""


def unknown(text: str, known: Known, most: int = 3) -> list[tuple[str, list[Entry]]]:
    """Return the first few IRIs of ours in the query ``text`` that the graph has no name for, with those
    like them; none where the names cannot be had, since the answer stands without."""
    try:
        index = known.get()
    except Problem:
        return []
    found = (IKG + term if term else iri for term, iri in _NAME.findall(text))
    names = (iri for iri in dict.fromkeys(found) if iri not in index.entries and len(iri) < _LONG)
    return [(iri, _like(iri, index)[:most]) for iri in islice(names, _FEW)]


def _like(iri: str, index: Index) -> list[Entry]:
    """The entries of the same kind that are spelled like ``iri``."""
    space, _, local = iri.rpartition("/")
    return [entry for entry in index.near(local, _NEAR) if entry.iri.rpartition("/")[0] == space]


def triples(turtle: str) -> Iterator[Row]:
    """Yield the triples of a graph as rows of ``subject``, ``predicate`` and ``object``.

    >>> [row["object"]["value"] for row in triples("<a:b> <a:c> 1 .")]
    ['1']
    """
    for quad in parse(shallow(turtle), format=RdfFormat.TURTLE):
        terms = (quad.subject, quad.predicate, quad.object)
        yield dict(zip(("subject", "predicate", "object"), map(_cell, terms), strict=True))


def _cell(term: NamedNode | BlankNode | Literal | Triple) -> Cell:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Literal):
        language = {"xml:lang": term.language} if term.language else {}
        return {"type": "literal", "value": term.value, "datatype": term.datatype.value, **language}
    return {"type": "bnode", "value": str(term)}


def as_shell(text: str) -> str:
    """Return ``text`` as one word of a POSIX shell, which nothing in it can end.

    >>> print(as_shell("ASK { ?x rdfs:label 'αv' }"))
    'ASK { ?x rdfs:label '\\''αv'\\'' }'
    """
    return "'" + text.replace("'", "'\\''") + "'"


def as_string(text: str, quote: str) -> str:
    """Return ``text`` between ``quote`` (three double quotes for Python, one for R), line by line as it
    is, which nothing in it can end.

    >>> print(as_string('ASK { ?x a "\\\\n" }', '"'))
    "ASK { ?x a \\"\\\\n\\" }"
    """
    escaped = text.replace("\\", "\\\\")
    return quote + escaped.replace(quote, "".join(f"\\{char}" for char in quote)) + quote
