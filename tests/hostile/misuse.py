"""Sound HTTP that is no SPARQL 1.1 Protocol (sections 2.1 and 2.2), and paths that lead nowhere."""

from __future__ import annotations

from urllib.parse import quote

from hostile.request import FORM, QUERY, UPDATE, Request, asked, get, post, raw

ASK = "ASK {}"
FORM_ASK = "query=ASK%7B%7D"
INSERT = "INSERT DATA { <x:a> <x:b> <x:c> }"
FORM_INSERT = "update=" + quote(INSERT)
NO_UPDATE = (400, 401, 403, 404, 405, 415)
NOWHERE = (400, 404)
LONG = "a" * 7000

MEDIA_TYPES = ("text/plain", "application/json", "application/xml", "text/turtle", "image/png", "x", "*/*", "/", ";",
               "application/sparql-query2", "application/sparql-results+json", "multipart/form-data", "text/html")  # fmt: skip

PATHS = ("/nothing", "/sparql/", "/sparql/x", "/Sparql", "//sparql", "/./sparql", "/../sparql", "/%2e%2e/sparql",
         "/%2e%2e/%2e%2e/etc/passwd", "/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/pyproject.toml",
         "/static/..%2f..%2fserver.py", "/static/..%5c..%5cserver.py", "/static//etc/passwd", "/static/", "/static/%00",
         "/queries/../server.py", "/queries/%2e%2e%2fchecks%2fcategory-stated", "/queries/..", "/queries/%00", "/queries/" + LONG,
         "/schema/%3Cscript%3E", "/schema/..%2f..%2fetc", "/schema/x%00y", "/schema/%0d%0aX-Injected:%201", "/schema/%ff",
         "/integrin/alphaV-beta3;a=b", "/integrin/alphaV-beta3%20", "/integrin/alphaV-beta3>%20?p%20?o", "/integrin/%22",
         "/integrin/" + "%CC%81" * 1000, "/%F0%9F%92%A9/%F0%9F%92%A9", "/%E2%80%AE/%00", "/" + "/" * 5000, "/" + "a/" * 3000,
         "/" + LONG, "/%", "/%zz", "/%u002e", "/~root", "/.git/config", "/.env", "/server.py", "/cgi-bin/sh", "/console",
         "/wp-login.php", "/;/sparql", "/sparql%3Fquery=ASK%7B%7D", "/sparql%00", "/sparql%2F", "/explain/", "/health/x")  # fmt: skip

ROWS: dict[str, Request] = {
    # One query, and nothing but a query.
    "no query": get("/sparql", 200, 400),
    "an empty query": asked("", 400),
    "two queries in the URL": get(f"/sparql?{FORM_ASK}&{FORM_ASK}", 400),
    "two queries in a form": post("/sparql", FORM, f"{FORM_ASK}&{FORM_ASK}", 400),
    "a query in the URL and one in the form": post(f"/sparql?{FORM_ASK}", FORM, FORM_ASK, 400),
    "a query in the URL and one as the body": post(f"/sparql?{FORM_ASK}", QUERY, ASK, 400),
    "a query and an update in the URL": get(f"/sparql?{FORM_ASK}&{FORM_INSERT}", 400),
    "a query and an update in a form": post("/sparql", FORM, f"{FORM_ASK}&{FORM_INSERT}", 400),
    "two queries in one": asked("ASK {} ASK {}", 400),
    "a query and an update in one": asked(f"ASK {{}} ; {INSERT}", 400),
    "an update as a query": asked(INSERT, 400, 403),
    "an update as a query's body": post("/sparql", QUERY, INSERT, 400, 403),
    "an update in the URL": get(f"/sparql?{FORM_INSERT}", *NO_UPDATE),
    "an update in a form": post("/sparql", FORM, FORM_INSERT, *NO_UPDATE),
    "an update as a body": post("/sparql", UPDATE, INSERT, *NO_UPDATE),
    "DROP ALL as a query": asked("DROP ALL", 400, 403),
    "CLEAR ALL as an update": post("/sparql", UPDATE, "CLEAR ALL", *NO_UPDATE),
    "an update where none is taken": post("/update", UPDATE, INSERT, 401, 403, 404, 405),
    "a graph where none is taken": post(
        "/graphs?default", "text/turtle", "<x:a> <x:b> 1 .", 401, 403, 404, 405, method="PUT"
    ),
    "a graph deleted": get("/graphs?default", 401, 403, 404, 405, method="DELETE"),
    "a HEAD of a wrong query": raw(
        b"HEAD /sparql?query=SELEC HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400
    ),
    **{
        f"POST of {kind}": post("/sparql", kind, ASK, *((400, 415) if kind == ";" else (415,)))
        for kind in MEDIA_TYPES
    },
    "POST of nothing known": post("/sparql", "", ASK, 400, 415),
    "POST to a page": post("/", FORM, FORM_ASK, 405),
    "POST to a query page": post("/queries", FORM, FORM_ASK, 405),
    "POST to /health": post("/health", FORM, "", 405),
    "GET of /classify": get("/classify", 405),
    "Accept of nothing there is": asked("SELECT * {} ", 406, Accept="image/png"),
    "Accept of a graph for a table": asked("SELECT * {}", 406, Accept="text/turtle"),
    "Accept of a table for a graph": asked("CONSTRUCT {} {}", 406, Accept="text/csv"),
    "Accept of all but all": asked("ASK {}", 406, Accept="*/*;q=0"),
    # Graphs that are none.
    **{
        f"default-graph-uri={iri[:12]!r}": asked("ASK {}", 400, parameters=(("default-graph-uri", iri),))
        for iri in (
            "",
            "a b",
            "<x:>",
            "relative",
            "x:\n",
            'x:"',
            "x:\0",
            "http://[::1",
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        )
    },
    # Explanations.
    "an explanation of nothing": get("/explain", 400),
    "an explanation of what is no IRI": get("/explain?subject=a+b&predicate=%0a&object=%3C%3E", 400),
    "an explanation of much": get(
        f"/explain?subject=x:{LONG}&predicate=x:p&object=x:o", 404, 414, 431, Accept="text/turtle"
    ),
    "an explanation twice": get("/explain?subject=x:a&subject=x:b&predicate=x:p&object=x:o", 400),
    "an explanation of NUL": get("/explain?subject=x:%00&predicate=x:p&object=x:o", 400),
    "an explanation of malformed bytes": get(
        "/explain?subject=x:%ff&predicate=x:p&object=x:o", 400, 404, Accept="text/turtle"
    ),
    "an explanation, all maybe": get("/explain?subject=x:a&predicate=x:p&object=x:o&all=maybe", 400),
    "an explanation without a form": get(
        "/explain?subject=x:a&predicate=x:p&object=x:o", 406, Accept="image/png"
    ),
    # Paths.
    **{
        f"path {path[:40]}": get(path, *(*NOWHERE, *extra))
        for path in PATHS
        for extra in (((200, 414, 431) if len(path) > 4000 else (301, 308) if path.endswith("/") else ()),)
    },
    "a query string of question marks": get("/?" + "?" * 5000, 200, 400, 414, 431),
    "a fragment": get("/sparql#?query=ASK%7B%7D", 200, 400, 404),
}
