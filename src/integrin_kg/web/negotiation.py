"""Which format to answer in: what Accept asks for among what the service can write.

RFC 9110, section 12.5.1; the formats are those of the SPARQL 1.1 Protocol, section 2.1.6.
"""

from __future__ import annotations

from werkzeug.datastructures import MIMEAccept

HTML = "text/html"

SOLUTIONS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""The media types of a SELECT's or ASK's answer, the preferred first, and their short names."""

TRIPLES = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/n-quads": "nq",
    "application/trig": "trig",
    "text/n3": "n3",
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
    "text/plain": "nt",
}
"""The media types of a CONSTRUCT's or DESCRIBE's answer, likewise."""

QUADS = {"application/n-quads": "nq", "application/trig": "trig", "application/ld+json": "jsonld"}
"""The media types of a whole dataset."""

_ENGINE = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
_ENGINE_TRIPLES = {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
}


def best(accept: MIMEAccept, offered: list[str]) -> str | None:
    """Return the one of ``offered`` that ``accept`` ranks highest, the first offered of equals;
    None where it accepts none. No Accept header accepts all; a charset or profile asked for with a
    media type decides nothing.

    >>> from werkzeug.http import parse_accept_header
    >>> best(parse_accept_header("text/csv;q=0.5, text/turtle", MIMEAccept), ["text/csv", "text/turtle"])
    'text/turtle'
    """
    if not accept:
        return offered[0]
    accept = MIMEAccept((media_range.partition(";")[0].strip(), quality) for media_range, quality in accept)
    ranked = [(accept.quality(media_type), -index) for index, media_type in enumerate(offered)]
    quality, index = max(ranked)
    return offered[-index] if quality > 0 else None


def for_engine(media_type: str | None, *, triples: bool) -> str | None:
    """Return the standard's own media type for one that browsers and older clients ask for.

    >>> for_engine("application/json", triples=False)
    'application/sparql-results+json'
    """
    synonyms = _ENGINE_TRIPLES if triples else _ENGINE
    return synonyms.get(media_type, media_type) if media_type else None


def with_charset(media_type: str) -> str:
    """Return the Content-Type of an answer: text says that it is UTF-8, what is no text has its own way.

    >>> with_charset("text/csv"), with_charset("application/json")
    ('text/csv; charset=utf-8', 'application/json')
    """
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
