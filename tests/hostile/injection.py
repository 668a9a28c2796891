"""Text that wants to be markup, a header or a line of the log where it is reflected."""

from __future__ import annotations

from urllib.parse import quote

from hostile.request import FORM, QUERY, Request, asked, get, post, query, raw

HTML = "text/html"
MARKUP = "<script>alert(31337)</script>"
MARKUPS = {
    "a script": MARKUP,
    "a script that leaves a text area": f"</textarea>{MARKUP}",
    "a script that leaves a title": f"</title>{MARKUP}",
    "a script that leaves a preformatted text": f"</pre>{MARKUP}",
    "an image": '"><img src=x onerror=alert(31337)>',
    "an attribute": "' onmouseover=alert(31337) '",
    "a template": "{{31337*31337}}${31337*31337}{% raw %}",
    "a drawing": "<svg/onload=alert(31337)>",
}
SPLIT = "a\r\nX-Injected: 1\r\n\r\n<script>alert(31337)</script>"
FORGED = "a\nFORGED LINE\r\nFORGED LINE \x1b[2J\x1b]0;FORGED\x07"
IKG = "@prefix ikg: <https://w3id.org/integrin-kg/schema/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"


def label(text: str) -> str:
    """A description of a thing of that name."""
    escaped = "".join(f"\\u{ord(letter):04X}" for letter in text)
    return f'{IKG}<x:a> a ikg:Integrin ; rdfs:label "{escaped}" ; ikg:hasAlphaSubunit <https://w3id.org/integrin-kg/subunit/ITGAV> .'


def reflected(name: str, text: str) -> dict[str, Request]:
    """Wherever a page may show what it was sent."""
    literal = "".join(f"\\u{ord(letter):04X}" for letter in text)
    return {
        f"{name} as a query": asked(text, 400, Accept=HTML),
        f"{name} as a query in a form": post("/sparql", FORM, "query=" + quote(text), 400, Accept=HTML),
        f"{name} in a comment of a query": asked(f"ASK {{}} #{text}", 200, 400, Accept=HTML),
        f"{name} in a value": asked(f"SELECT ('{literal}' AS ?x) {{}}", 200, Accept=HTML),
        f"{name} in a graph": asked(f"CONSTRUCT {{ <x:a> <x:p> '{literal}' }} {{}}", 200, Accept=HTML),
        f"{name} as a function": asked(f"ASK {{ FILTER(<x:{quote(text, safe='')}>(1)) }}", 501, Accept=HTML),
        f"{name} as a path": get("/" + quote(text), 404, Accept=HTML),
        f"{name} as an entity": get("/integrin/" + quote(text, safe=""), 404, Accept=HTML),
        f"{name} as a saved query": get("/queries/" + quote(text, safe=""), 404, Accept=HTML),
        f"{name} as a subject": get(
            f"/explain?subject=x:{quote(text)}&predicate=x:p&object=x:o", 400, 404, Accept=HTML
        ),
        f"{name} as a label": post("/classify", "text/turtle", label(text), 200, Accept=HTML),
        f"{name} as no description": post("/classify", "text/turtle", text, 400, Accept=HTML),
        f"{name} as a media type": post(
            "/classify", text.replace("\r", "").replace("\n", ""), "a", 400, 415, Accept=HTML
        ),
        f"{name} as a default graph": asked(
            "ASK {}", 400, parameters=(("default-graph-uri", text),), Accept=HTML
        ),
        f"{name} as a timeout": asked("ASK {}", 400, parameters=(("timeout", text),), Accept=HTML),
        f"{name} as reasoning": asked("ASK {}", 400, parameters=(("reasoning", text),), Accept=HTML),
    }


ROWS: dict[str, Request] = {
    **{key: row for name, text in MARKUPS.items() for key, row in reflected(name, text).items()},
    **reflected("a header", SPLIT),
    **reflected("a line of the log", FORGED),
    "an IRI that is a script": asked("SELECT (<javascript:alert(31337)> AS ?x) {}", 200, Accept=HTML),
    "an IRI that is a page": asked(
        "SELECT (<data:text/html,%3Cscript%3Ealert(31337)> AS ?x) {}", 200, Accept=HTML
    ),
    "an IRI with a quotation mark": asked(
        "SELECT (IRI('http://x/\\'onmouseover=alert(31337)') AS ?x) {}", 200, Accept=HTML
    ),
    "a language that is markup": asked("SELECT ('a'@en-\\u003Cscript AS ?x) {}", 400, Accept=HTML),
    "a variable that is markup": asked("SELECT (1 AS ?<script>) {}", 400, Accept=HTML),
    "a datatype that is a script": asked(
        "SELECT ('a'^^<javascript:alert(31337)> AS ?x) {}", 200, Accept=HTML
    ),
    "a formula in CSV": query("SELECT ('=cmd|\\' /C calc\\'!A0' AS ?x) {}", 200, Accept="text/csv"),
    "markup in XML": query(
        f"SELECT ('{MARKUP}]]>' AS ?x) {{}}", 200, Accept="application/sparql-results+xml"
    ),
    "markup in RDF/XML": query(
        f"CONSTRUCT {{ <x:a> <x:p> '{MARKUP}' }} {{}}", 200, Accept="application/rdf+xml"
    ),
    "a property that no XML can name": query(
        "CONSTRUCT { <x:a> <x:1/> 'a' } {}", 200, 400, Accept="application/rdf+xml"
    ),
    "markup in a problem document": query(MARKUP, 400),
    **{
        f"a header in the parameter {name}": asked("ASK {}", 200, 400, 406, parameters=((name, SPLIT),))
        for name in ("format", "output", "results", "callback", "filename", "download", "charset", "lang")
    },
    "a script as a callback": asked(
        "ASK {}", 200, 400, parameters=(("callback", MARKUP), ("format", "json"))
    ),
    "markup in Host": raw(
        f"GET /nothing HTTP/1.1\r\nHost: {MARKUP}\r\nConnection: close\r\nAccept: text/html\r\n\r\n", 400, 404
    ),
    "markup in Accept": get("/sparql?query=SELEC", 400, 406, Accept=f"{HTML}, {MARKUP}"),
    "markup in Referer": get("/nothing", 404, Referer=MARKUP, Accept=HTML),
    "markup in a method": raw(f"{MARKUP} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400, 405, 501),
    "markup in a request line": raw(
        f"GET {MARKUP} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400, 404
    ),
    "markup in a protocol": raw(f"GET / {MARKUP}\r\nHost: a\r\nConnection: close\r\n\r\n", 400, 505),
    "markup in a header's name": raw(
        f"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{MARKUP}: a\r\n\r\n", 400
    ),
    "escapes of a terminal in a request line": raw(
        "GET /\x1b[2JFORGED HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400, 404
    ),
    "escapes of a terminal in a header": get("/", 200, 400, User_Agent="\x1b[2JFORGED LINE"),
    "escapes of a terminal in a header's name": raw(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\x1b[2JFORGED LINE: a\r\n\r\n", 400
    ),
    "a lookup of Java's": get("/", 200, User_Agent="${jndi:ldap://127.0.0.1:TRAP0/a}"),
    "a format of Python's": asked("%s%s%n{0.__class__}", 400),
    "a shell's words": asked("$(touch /tmp/FORGED)`id`; id", 400),
    "markup as a charset": post(
        "/sparql", f"{QUERY}; charset={MARKUP}", "ASK {}", 200, 400, 415, Accept=HTML
    ),
}
