"""What only a writable server takes, and what it must refuse. Started ``--empty --writable
--no-reasoning``, with :data:`TOKEN`; SPARQL 1.1 Update, Protocol 2.2, and Graph Store HTTP Protocol."""

from __future__ import annotations

from collections.abc import Callable

from hostile.encodings import gzip_bomb
from hostile.request import CLOSED, FORM, QUERY, STOPPED, TRAP, UPDATE, Request, get, head, post, raw
from hostile.uploads import laughs

TOKEN = "a-token-of-the-tests-31337"
BEARER = f"Bearer {TOKEN}"
DEEP = 100_000
NO_TOKEN = (401, 403)
REFUSED = (400, 403, 413, 422, *STOPPED)
DONE = (200, 201, 204)
EITHER = (*DONE, *REFUSED)
GRAPH = "/graphs?graph=https%3A%2F%2Fexample.org%2Fg"
TURTLE = "text/turtle"
ONE = "<x:a> <x:p> 1 ."
INSERT = "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> <x:o> } }"


def update(text: str | Callable[[], str], *right: int, **headers: str) -> Request:
    return post("/update", UPDATE, text, *right, **{"Authorization": BEARER} | headers)


def stored(
    media_type: str,
    text: str | bytes | Callable[[], str | bytes],
    *right: int,
    method: str = "PUT",
    target: str = GRAPH,
) -> Request:
    return post(target, media_type, text, *right, method=method, Authorization=BEARER)


def many(count: int) -> str:
    return "".join(f"<x:{n}> <x:p> {n} . " for n in range(count))


AUTHORIZATIONS = ("", "Bearer", "Bearer ", f"bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Bearer {TOKEN} {TOKEN}", f"Basic {TOKEN}",
                  TOKEN, f"Bearer {TOKEN.upper()}", "Bearer \xff", "Bearer null", "Bearer *", f"Bearer={TOKEN}", "Bearer " + "a" * 7000,
                  f"Digest {TOKEN}", f'Bearer "{TOKEN}"', f"Bearer {TOKEN},Bearer {TOKEN}")  # fmt: skip

ROWS: dict[str, Request] = {
    # Who may.
    "no token": post("/update", UPDATE, INSERT, *NO_TOKEN),
    "no token to a graph": post(GRAPH, TURTLE, ONE, *NO_TOKEN, method="PUT"),
    "no token to delete": get(GRAPH, *NO_TOKEN, method="DELETE"),
    "a token in the URL": post(f"/update?token={TOKEN}&access_token={TOKEN}", UPDATE, INSERT, *NO_TOKEN),
    "a token in the form": post("/update", FORM, f"update=CLEAR+ALL&access_token={TOKEN}", *NO_TOKEN),
    "a token in a cookie": post("/update", UPDATE, INSERT, *NO_TOKEN, Cookie=f"token={TOKEN}"),
    **{
        f"Authorization {value[:24]!r}": post("/update", UPDATE, INSERT, 400, *NO_TOKEN, Authorization=value)
        for value in AUTHORIZATIONS
    },
    "a page elsewhere that writes": post(
        "/update", FORM, "update=CLEAR+ALL", *NO_TOKEN, Origin="https://evil.example"
    ),
    # Updates that are none, or not alone.
    "no update": update("", *EITHER),
    "a query as an update": update("ASK {}", 400),
    "GET of an update": get("/update?update=CLEAR+ALL", 400, 405, Authorization=BEARER),
    "two updates": post("/update", FORM, "update=CLEAR+ALL&update=CLEAR+ALL", 400, Authorization=BEARER),
    "an update and a query": post(
        "/update", FORM, "update=CLEAR+ALL&query=ASK%7B%7D", 400, Authorization=BEARER
    ),
    "a query's media type": update("CLEAR ALL", 400, 415, Content_Type=QUERY),
    "another media type": post("/update", "text/plain", INSERT, 415, Authorization=BEARER),
    "malformed bytes": post(
        "/update", UPDATE, b"INSERT DATA { <x:a> <x:p> '\xff' }", 400, Authorization=BEARER
    ),
    "using-graph-uri and USING": post(
        "/update?using-graph-uri=x:g",
        UPDATE,
        "DELETE { ?s ?p ?o } USING <x:h> WHERE { ?s ?p ?o }",
        400,
        Authorization=BEARER,
    ),
    "using-graph-uri that is none": post(
        "/update?using-graph-uri=a+b", UPDATE, INSERT, 400, Authorization=BEARER
    ),
    "a syntax error behind a sound update": update(INSERT + " ; INSERT DAT", 400),
    "a blank node deleted": update("DELETE DATA { _:a <x:p> 1 }", 400),
    "a variable inserted": update("INSERT DATA { ?s <x:p> 1 }", 400),
    "a literal as a subject": update("INSERT DATA { 'a' <x:p> 1 }", 400),
    "an update cut off": raw(
        head("POST", "/update", Authorization=BEARER, Content_Type=UPDATE, Content_Length="99")
        + b"CLEAR ALL",
        400,
        CLOSED,
        half_close=True,
    ),
    "a graph cut off": raw(
        head("PUT", GRAPH, Authorization=BEARER, Content_Type=TURTLE, Content_Length="99") + ONE.encode(),
        400,
        CLOSED,
        half_close=True,
    ),
    # Updates that leave the process.
    **{
        # LOAD SILENT succeeds, without effect (SPARQL 1.1 Update, section 3.1.4).
        f"{name}": update(
            text.replace("%TRAP%", TRAP), *(DONE if "LOAD" in name and "SILENT" in text else ()), 400, 403
        )
        for name, text in {
            "LOAD": "LOAD <%TRAP%>",
            "LOAD SILENT": "LOAD SILENT <%TRAP%> INTO GRAPH <x:g>",
            "load in lower case": "load <%TRAP%>",
            "LOAD escaped": "\\u004COAD SILENT <%TRAP%>",
            "LOADSILENT": "LOADSILENT<%TRAP%>",
            "LOAD a file": "LOAD SILENT <file:///etc/passwd>",
            "LOAD second": INSERT + ";LOAD SILENT<%TRAP%>",
            "LOAD after a comment": "#\rLOAD#\n<%TRAP%>",
            "SERVICE": "INSERT { ?s ?p ?o } WHERE { SERVICE <%TRAP%> { ?s ?p ?o } }",
            "SERVICESILENT": "INSERT { ?s ?p ?o } WHERE { SERVICESILENT<%TRAP%>{ ?s ?p ?o } }",
            "SERVICE in a subselect": "DELETE { ?s ?p ?o } WHERE { { SELECT * { SERVICE SILENT <%TRAP%> { ?s ?p ?o } } } }",
        }.items()
    },
    "USING <http>": update(f"INSERT {{ ?s ?p ?o }} USING <{TRAP}> WHERE {{ ?s ?p ?o }}", *DONE, 400, 403),
    "WITH <file>": update(
        "WITH <file:///etc/passwd> INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", *DONE, 400, 403
    ),
    "COPY <http>": update(f"COPY SILENT <{TRAP}> TO <x:g>", *DONE, 400, 403, 404),
    # Bombs. They come last but for what follows a full store: only what is stopped or refused.
    "braces": update(lambda: "INSERT { } WHERE " + "{" * DEEP + "}" * DEEP, *EITHER),
    "parentheses": update(lambda: "INSERT {} WHERE { FILTER" + "(" * DEEP + "1" + ")" * DEEP + " }", *EITHER),
    "collections": update(lambda: "INSERT DATA { <x:a> <x:p> " + "(" * DEEP + ")" * DEEP + " }", *EITHER),
    "operations, 50000": update(lambda: "CLEAR SILENT GRAPH <x:none> ;\n" * 50_000, *EITHER),
    "semicolons": update(";" * DEEP, *EITHER),
    "a cross product inserted": update(
        "INSERT { ?a ?e ?z } WHERE { "
        + " ".join(f"VALUES ?{letter} {{ {' '.join(f'<x:{n}>' for n in range(300))} }}" for letter in "aez")
        + " }",
        413,
        422,
        *STOPPED,
    ),
    "blank nodes inserted for ever": update(
        "INSERT { [] <x:p> [] } WHERE { "
        + " ".join(f"VALUES ?{letter} {{ {'1 ' * 1000} }}" for letter in "abcd")
        + " }",
        413,
        422,
        *STOPPED,
    ),
    "a cross product that deletes nothing": update(
        "DELETE { ?a <x:p> ?d } WHERE { "
        + " ".join(f"VALUES ?{letter} {{ {'1 ' * 1000} }}" for letter in "abcd")
        + " FILTER(?a = 2) }",
        200,  # where the engine filters first
        *STOPPED,
    ),
    "a string doubled and inserted": update(
        "INSERT { <x:a> <x:p> ?x40 } WHERE { BIND('0123456789' AS ?x0) "
        + "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(40))
        + "}",
        *EITHER,
    ),
    "a catastrophic expression": update(
        "DELETE { ?s ?p ?x } WHERE { BIND('"
        + "a" * 5000
        + "' AS ?x) FILTER REGEX(?x, '^((a{1000}){1000})+$') }",
        *EITHER,
    ),
    "over the size limit": update(lambda: "#" + "a" * 17_000_000 + "\n" + INSERT, 413),
    # Graphs (Graph Store HTTP Protocol, sections 4 and 5).
    "no graph named": stored(TURTLE, ONE, 400, 404, 405, target="/graphs"),
    "two graphs named": stored(TURTLE, ONE, 400, target=GRAPH + "&graph=x:h"),
    "a graph and the default": stored(TURTLE, ONE, 400, target=GRAPH + "&default"),
    "a graph that is no IRI": stored(TURTLE, ONE, 400, target="/graphs?graph=a+b"),
    "a relative graph": stored(TURTLE, ONE, 400, *DONE, target="/graphs?graph=relative"),
    "a graph that splits the head": stored(TURTLE, ONE, 400, target="/graphs?graph=x:%0d%0aX-Injected:%201"),
    "a graph that is markup": stored(
        TURTLE, ONE, 400, target="/graphs?graph=x:%3Cscript%3Ealert(31337)%3C/script%3E"
    ),
    "a graph of a file": stored(TURTLE, ONE, *DONE, 400, 403, target="/graphs?graph=file:///etc/passwd"),
    "a path out of the store": stored(
        TURTLE, ONE, *DONE, 400, 403, 404, 405, target="/graphs/%2e%2e/%2e%2e/etc/passwd"
    ),
    "a graph of ours": stored(
        TURTLE, ONE, *DONE, 400, 403, target="/graphs?graph=https://w3id.org/integrin-kg/graph/inferred"
    ),
    "a media type that is none": stored("text/csv", ONE, 415),
    "no media type": stored("", ONE, *DONE, 400, 415),
    "a dataset as a graph": stored("application/trig", "<x:h> { <x:a> <x:p> 1 }", *DONE, 400, 415),
    "malformed Turtle": stored(TURTLE, "<x:a> <x:p>", 400),
    "malformed Turtle behind sound": stored(TURTLE, lambda: many(5000) + "<x:a> <x:p>", 400),
    "malformed bytes to a graph": stored(TURTLE, b"<x:a> <x:p> '\xff' .", 400),
    "a PATCH of nothing known": stored("text/plain", "A <x:a> <x:p> 1 .", 405, 415, 501, method="PATCH"),
    "a PATCH that is an update of another graph": stored(
        UPDATE, "CLEAR ALL", *DONE, 400, 403, 404, 405, 415, 422, method="PATCH"
    ),
    "a PATCH that loads": stored(
        UPDATE, f"LOAD SILENT <{TRAP}>", 400, 403, 404, 405, 415, 422, method="PATCH"
    ),
    "a DELETE of what is not there": get(
        "/graphs?graph=x:none", *DONE, 404, method="DELETE", Authorization=BEARER
    ),
    "multipart of many files": stored(
        "multipart/form-data; boundary=x",
        lambda: (
            "--x\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n<x:a>\r\n" * 20_000 + "--x--"
        ),
        400,
        413,
        415,
        method="POST",
    ),
    "a billion laughs": stored("application/rdf+xml", laughs(12, 10), *REFUSED),
    "an external entity": stored(
        "application/rdf+xml", f'<!DOCTYPE r [<!ENTITY a SYSTEM "{TRAP}">]><r>&a;</r>', 400, 403
    ),
    "a remote context": stored(
        "application/ld+json", f'{{"@context":"{TRAP}","@id":"x:a","x:p":1}}', 400, 403, 422
    ),
    "brackets, deep": stored(
        TURTLE, lambda: "<x:a> <x:p> " + "[ <x:p> " * DEEP + "1" + "]" * DEEP + " .", *EITHER
    ),
    "collections, deep": stored(TURTLE, lambda: "<x:a> <x:p> " + "(" * DEEP + ")" * DEEP + " .", *EITHER),
    "triple terms, deep": stored(
        TURTLE, lambda: "<x:a> <x:p> " + "<<( <x:a> <x:p> " * DEEP + "1" + " )>>" * DEEP + " .", *REFUSED
    ),
    "arrays, deep": stored("application/ld+json", lambda: "[" * DEEP + "]" * DEEP, *EITHER),
    "a graph of 64 MB": stored(TURTLE, lambda: "#" * 64_000_000, 413, *DONE, *STOPPED),
    "a gzip bomb": post(
        GRAPH, TURTLE, gzip_bomb, 400, 413, 415, method="PUT", Authorization=BEARER, Content_Encoding="gzip"
    ),
    "If-Match of nothing": post(
        GRAPH, TURTLE, ONE, *DONE, 412, method="PUT", Authorization=BEARER, If_Match='"none"'
    ),
    # Reads of it.
    "a graph in no format": get("/graphs?default", 406, Accept="image/png"),
    "a graph that is not there": get("/graphs?graph=x:none", 404),
    "no graph": get("/graphs", 200, 400, 404),
    "a POST of a query that writes": post("/sparql", QUERY, INSERT, 400, 403, Authorization=BEARER),
}

EXTRA = {"operations, 50000", "blank nodes inserted for ever",
         "a cross product that deletes nothing"}  # fmt: skip
