"""Descriptions for /classify that are bombs, or no RDF."""

from __future__ import annotations

from collections.abc import Callable

from hostile.request import STOPPED, Request, post

TURTLE, TRIG, N3, NT = "text/turtle", "application/trig", "text/n3", "application/n-triples"
JSON_LD, RDF_XML = "application/ld+json", "application/rdf+xml"
DEEP = 100_000
REFUSED = (400, 413, *STOPPED)
TAKEN = (200, *REFUSED)
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">'


def sent(media_type: str, text: str | bytes | Callable[[], str | bytes], *right: int) -> Request:
    return post("/classify", media_type, text, *right)


def laughs(levels: int, each: int) -> str:
    """Entities of entities: each level ``each`` times the one below."""
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{n} "' + f"&e{n - 1};" * each + '">' for n in range(1, levels)
    )
    return f'<?xml version="1.0"?><!DOCTYPE r [{entities}]>{RDF}<rdf:Description rdf:about="x:a"><x:p>&e{levels - 1};</x:p></rdf:Description></rdf:RDF>'


def wrapped(kind: str, codec: str) -> bytes:
    """An XML document in another encoding, whose doctype no search for bytes finds."""
    return laughs(12, 10).replace('version="1.0"', f'version="1.0" encoding="{kind}"').encode(codec)


ROWS: dict[str, Request] = {
    # XML.
    "a billion laughs": sent(RDF_XML, laughs(10, 10), *REFUSED),
    "a quadratic blow-up": sent(
        RDF_XML,
        lambda: (
            '<!DOCTYPE r [<!ENTITY e "' + "a" * DEEP + f'">]>{RDF}<x:a>' + "&e;" * DEEP + "</x:a></rdf:RDF>"
        ),
        *REFUSED,
    ),
    "a billion laughs, in lower case": sent(RDF_XML, laughs(10, 10).replace("DOCTYPE", "doctype"), *REFUSED),
    "a billion laughs, all in lower case": sent(
        RDF_XML, laughs(10, 10).replace("DOCTYPE", "doctype").replace("ENTITY", "entity"), *REFUSED
    ),
    "an entity of itself": sent(
        RDF_XML, f'<!DOCTYPE r [<!ENTITY e "&e;">]>{RDF}<x:a>&e;</x:a></rdf:RDF>', *REFUSED
    ),
    "a billion laughs in UTF-16": sent(RDF_XML, wrapped("UTF-16", "utf-16"), *REFUSED),
    "a billion laughs in UTF-16 without a mark": sent(RDF_XML, wrapped("UTF-16LE", "utf-16-le"), *REFUSED),
    "a billion laughs in UTF-7": sent(RDF_XML, wrapped("UTF-7", "utf-7"), *REFUSED),
    "a doctype in a comment": sent(RDF_XML, f"<!-- <!DOCTYPE x> -->{RDF}</rdf:RDF>", 200, 400),
    "elements, deep": sent(
        RDF_XML, lambda: RDF + "<x:a><x:p>" * DEEP + "</x:p></x:a>" * DEEP + "</rdf:RDF>", *TAKEN
    ),
    "collections in XML, deep": sent(
        RDF_XML,
        lambda: RDF + "<x:a><x:p rdf:parseType='Collection'>" * DEEP + "</x:p></x:a>" * DEEP + "</rdf:RDF>",
        *REFUSED,
    ),
    "an XML literal, deep": sent(
        RDF_XML,
        lambda: f"{RDF}<x:a><x:p rdf:parseType='Literal'>{'<b>' * DEEP}{'</b>' * DEEP}</x:p></x:a></rdf:RDF>",
        *TAKEN,
    ),
    "attributes, 100000": sent(
        RDF_XML, lambda: RDF + "<x:a" + "".join(f" x:p{n}='1'" for n in range(DEEP)) + "/></rdf:RDF>", *TAKEN
    ),
    "one attribute twice": sent(RDF_XML, f"{RDF}<x:a x:p='1' x:p='2'/></rdf:RDF>", 200, 400),
    "elements left open": sent(RDF_XML, lambda: RDF + "<x:a><x:p>" * DEEP, *REFUSED),
    "namespaces, 100000": sent(
        RDF_XML,
        lambda: RDF + "<x:a" + "".join(f" xmlns:n{n}='x:{n}'" for n in range(DEEP)) + "/></rdf:RDF>",
        *TAKEN,
    ),
    "no XML": sent(RDF_XML, "<<<<", 400),
    "NUL in XML": sent(RDF_XML, f"{RDF}<x:a x:p='\0'/></rdf:RDF>", 200, 400),
    "a character reference of NUL": sent(RDF_XML, f"{RDF}<x:a x:p='&#0;'/></rdf:RDF>", 400),
    "a character reference beyond Unicode": sent(RDF_XML, f"{RDF}<x:a x:p='&#x110000;'/></rdf:RDF>", 400),
    # Turtle and its kin.
    "brackets, deep": sent(
        TURTLE, lambda: "<x:a> <x:p> " + "[ <x:p> " * DEEP + "1" + "]" * DEEP + " .", *TAKEN
    ),
    "collections, deep": sent(TURTLE, lambda: "<x:a> <x:p> " + "(" * DEEP + ")" * DEEP + " .", *TAKEN),
    "collections left open": sent(TURTLE, lambda: "<x:a> <x:p> " + "(" * DEEP, *REFUSED),
    "triple terms, deep": sent(
        TURTLE, lambda: "<x:a> <x:p> " + "<<( <x:a> <x:p> " * DEEP + "1" + " )>>" * DEEP + " .", *REFUSED
    ),
    "triple terms, 1000": sent(
        TURTLE, "<x:a> <x:p> " + "<<( <x:a> <x:p> " * 1000 + "1" + " )>>" * 1000 + " .", *REFUSED
    ),
    "a triple term": sent(TURTLE, "<x:a> <x:p> <<( <x:a> <x:p> 1 )>> .", 200, 400),
    "annotations, deep": sent(
        TURTLE, lambda: "<x:a> <x:p> 1 " + "{| <x:p> 1 " * DEEP + "|}" * DEEP + " .", *REFUSED
    ),
    "graphs in TriG": sent(
        TRIG, lambda: "".join(f"<x:{n}> {{ <x:a> <x:p> {n} }}\n" for n in range(5000)), *TAKEN
    ),
    "graphs in graphs": sent(TRIG, lambda: "<x:g> {" * DEEP + "}" * DEEP, *REFUSED),
    "formulas": sent(N3, lambda: "{ <x:a> <x:p> " * DEEP + "1" + "} <x:p> 1 ." * DEEP, *REFUSED),
    "rules": sent(N3, "{ ?x <x:p> ?y } => { ?y <x:p> ?x } .", 200, 400),
    "a literal of 10 MB": sent(TURTLE, lambda: f"<x:a> <x:p> '{'a' * 10_000_000}' .", *TAKEN),
    "a literal left open": sent(TURTLE, lambda: f"<x:a> <x:p> '''{'a' * 10_000_000}", *REFUSED),
    "an IRI of 10 MB": sent(TURTLE, lambda: f"<x:{'a' * 10_000_000}> <x:p> 1 .", *TAKEN),
    "a label of 1 MB for HTML": post(
        "/classify",
        TURTLE,
        lambda: f"<x:a> a ikg:Integrin ; rdfs:label '{'a' * 1_000_000}' .",
        *TAKEN,
        Accept="text/html",
    ),
    "prefixes, 300000": sent(
        TURTLE, lambda: "".join(f"@prefix p{n}: <x:{n}> .\n" for n in range(300_000)), *TAKEN
    ),
    "bases that grow": sent(TURTLE, lambda: "@base <http://x/> ." + "@base <aaaaaaaaaa/> .\n" * DEEP, *TAKEN),
    "triples, 300000": sent(
        NT, lambda: "".join(f"<x:{n}> <x:p> <x:o> .\n" for n in range(300_000)), *REFUSED
    ),
    "10000 integrins": sent(
        TURTLE,
        lambda: (
            "@prefix ikg: <https://w3id.org/integrin-kg/schema/> .\n"
            + "".join(f"<x:{n}> a ikg:Integrin .\n" for n in range(10_000))
        ),
        *TAKEN,
    ),
    "a chain of 5000 subtypes": sent(
        TURTLE,
        lambda: (
            "@prefix ikg: <https://w3id.org/integrin-kg/schema/> .\n"
            + "".join(f"<x:{n}> ikg:subtypeOf <x:{n + 1}> .\n" for n in range(5000))
        ),
        *TAKEN,
    ),
    "a clique of interactions": sent(
        TURTLE,
        lambda: (
            "@prefix ikg: <https://w3id.org/integrin-kg/schema/> .\n"
            + "".join(f"<x:{a}> ikg:subtypeOf <x:{b}> .\n" for a in range(99) for b in range(99))
        ),
        *TAKEN,
    ),
    "axioms": sent(
        TURTLE,
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "owl:Thing rdfs:subClassOf owl:Nothing . rdfs:subClassOf rdfs:subPropertyOf owl:sameAs .",
        200,
        400,
        *STOPPED,
    ),
    "comments only": sent(TURTLE, lambda: "#\n" * 5_000_000, *TAKEN),
    "semicolons only": sent(TURTLE, lambda: "<x:a> <x:p> 1 " + ";" * 5_000_000 + " .", *TAKEN),
    "an IRI with a space": sent(TURTLE, "<x:a b> <x:p> 1 .", 400),
    "an IRI with an escaped space": sent(TURTLE, "<x:a\\u0020b> <x:p> 1 .", 400),
    "an IRI that injects": sent(TURTLE, "<x:a\\u003E> <x:p> 1 .", 400),
    "a relative IRI": sent(TURTLE, "<a> <x:p> 1 .", 200, 400),
    "an escape of a surrogate": sent(TURTLE, "<x:a> <x:p> '\\uD800' .", 400),
    "a number of a million digits": sent(TURTLE, lambda: f"<x:a> <x:p> {'9' * 1_000_000} .", *TAKEN),
    "a language that is none": sent(TURTLE, "<x:a> <x:p> 'a'@-1 .", 400),
    "a literal as a subject": sent(NT, '"a" <x:p> 1 .', 400),
    "nothing": sent(TURTLE, "", 200, 400),
    "NUL bytes": sent(TURTLE, "\0" * 1_000_000, 400),
    "over the size limit": sent(TURTLE, lambda: "#" * 17_000_000, 413),
    # JSON-LD.
    "arrays, deep": sent(JSON_LD, lambda: "[" * DEEP + "]" * DEEP, *TAKEN),
    "arrays left open": sent(JSON_LD, lambda: "[" * DEEP, *REFUSED),
    "objects, deep": sent(JSON_LD, lambda: '{"x:p":' * DEEP + "1" + "}" * DEEP, *REFUSED, 200),
    "lists, deep": sent(JSON_LD, lambda: '{"x:p":' + '{"@list":[' * DEEP + "]}" * DEEP + "}", *TAKEN),
    "graphs, deep": sent(JSON_LD, lambda: '{"@graph":[' * DEEP + "]}" * DEEP, *TAKEN),
    "contexts, deep": sent(
        JSON_LD, lambda: '{"@context":{"a":{"@id":"x:a","@context":' * 20_000 + "{}" + "}}}" * 20_000, *TAKEN
    ),
    "contexts, 100000": sent(
        JSON_LD, lambda: '{"@context":[' + ",".join(["{}"] * DEEP) + '],"x:p":1}', *TAKEN
    ),
    "terms, 100000": sent(
        JSON_LD,
        lambda: '{"@context":{' + ",".join(f'"t{n}":"t{n + 1}:a"' for n in range(DEEP)) + "}}",
        *TAKEN,
    ),
    "terms in a ring": sent(JSON_LD, '{"@context":{"a":"b:x","b":"c:x","c":"a:x"},"a":1}', 200, 400),
    "keys twice": sent(JSON_LD, '{"@id":"x:a","@id":"x:b","x:p":1}', 200, 400),
    "a number of 100000 digits": sent(JSON_LD, lambda: '{"@id":"x:a","x:p":' + "9" * DEEP + "}", *TAKEN),
    "a number too large": sent(JSON_LD, '{"@id":"x:a","x:p":1e999999999}', 200, 400),
    "a lone surrogate": sent(JSON_LD, '{"@id":"x:a","x:p":"\\ud800"}', 200, 400),
    "no JSON": sent(JSON_LD, "nonsense", 400),
    "NaN": sent(JSON_LD, '{"@id":"x:a","x:p":NaN}', 400),
    "__proto__": sent(JSON_LD, '{"__proto__":{"@id":"x:a"},"constructor":1}', 200, 400),
    # What is none of them.
    **{
        f"a description as {kind or 'nothing known'}": sent(kind, "<x:a> <x:p> 1 .", 400, 415)
        for kind in (
            "",
            "text/csv",
            "text/plain2",
            "image/png",
            "x",
            "application/pdf",
            "multipart/form-data",
        )
    },
    "Turtle that says UTF-16": sent(TURTLE + "; charset=utf-16", "<x:a> <x:p> 1 .", 200, 400, 415),
    "a pickle": sent("application/octet-stream", b"\x80\x04cos\nsystem\n(S'true'\ntR.", 400, 415),
}

EXTRA = {"elements left open", "namespaces, 100000", "collections in XML, deep", "bases that grow",
         "a clique of interactions"}  # fmt: skip
