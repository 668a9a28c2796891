"""Bodies, parameters and headers that are not encoded as they say, or far too often."""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from urllib.parse import quote

from hostile.request import FORM, QUERY, STOPPED, Request, asked, get, post, query

ASK = b"ASK {}"
FORM_ASK = "query=ASK%7B%7D"
ALIVE = f"/sparql?{FORM_ASK}"
MALFORMED = {
    "a byte that is none": b"\xff",
    "an open sequence": b"\xc3",
    "an overlong slash": b"\xc0\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "Latin-1": b"\xe9t\xe9",
}
RANGES = ", ".join(f"text/x{n};q=0.{n % 10}" for n in range(5000))


@cache
def gzip_bomb() -> bytes:
    """10 MB that become 10 GB: a member of 10 MB, a thousand times."""
    return gzip.compress(bytes(10_000_000), mtime=0) * 1000


@cache
def nested_gzip_bomb() -> bytes:
    return gzip.compress(gzip_bomb(), mtime=0)


def multipart(fields: int, boundary: str = "x", value: str = "a") -> str:
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="query"\r\n\r\n{value}\r\n'
    return part * fields + f"--{boundary}--\r\n"


ROWS: dict[str, Request] = {
    # UTF-8 and what is not.
    **{
        f"UTF-8 with {name}, {way}": request
        for name, wrong in MALFORMED.items()
        for way, request in (
            ("as a body", post("/sparql", QUERY, b"ASK { FILTER('" + wrong + b"' = '') }", 400)),
            ("as a form", post("/sparql", FORM, b"query=ASK{FILTER('" + wrong + b"'='')}", 400)),
            ("in the URL", get(f"/sparql?query=ASK%7BFILTER('{quote(wrong)}'='')%7D", 400)),
            ("as a description", post("/classify", "text/turtle", b"<x:> <x:> '" + wrong + b"' .", 400)),
        )
    },
    "UTF-16 that says so": post(
        "/sparql", QUERY + "; charset=utf-16", "ASK {}".encode("utf-16"), 200, 400, 415
    ),
    "UTF-16 that does not": post("/sparql", QUERY, "ASK {}".encode("utf-16"), 400),
    "UTF-32": post("/sparql", QUERY, "ASK {}".encode("utf-32-be"), 400),
    "UTF-7 that says so": post("/sparql", QUERY + "; charset=utf-7", b"+AEEAUwBL- {}", 400, 415),
    "a codec of Python's": post("/sparql", QUERY + "; charset=rot13", b"NFX {}", 400, 415),
    "a codec that unpacks": post("/sparql", QUERY + "; charset=zlib", zlib.compress(ASK), 400, 415),
    "a codec that is open": post("/sparql", QUERY + "; charset=", ASK, 200, 400, 415),
    "a byte order mark": post("/sparql", QUERY, b"\xef\xbb\xbfASK {}", 200, 400),
    "a byte order mark in the URL": get("/sparql?query=%EF%BB%BFASK%7B%7D", 200, 400),
    "an escape of a surrogate": query("ASK { FILTER('\\uD800' = '') }", 400),
    "escapes of a surrogate pair": query("ASK { FILTER('\\uD83D\\uDE00' = '') }", 200, 400),
    "an escape beyond Unicode": query("ASK { FILTER('\\U00110000' = '') }", 400),
    "an escape of NUL": query("ASK { FILTER('\\u0000' = '') }", 200, 400),
    "an escape that is open": query("ASK { FILTER('\\u00' = '') }", 400),
    "NUL in a query": query("ASK {\0}", 400),
    "NUL in a string": query("ASK { FILTER('\0' = '') }", 200, 400),
    "NUL behind a query": asked("ASK {}\0", 400),
    "control characters in an answer as XML": query(
        "SELECT ('\\u0001\\u0008\\uFFFE' AS ?x) {}", 406, Accept="application/sparql-results+xml"
    ),
    "control characters in an answer as JSON": query("SELECT ('\\u0000\\u001F\\u007F' AS ?x) {}", 200, 400),
    "characters that turn the text around": query("SELECT ('\u202e\u2066\ufeff' AS ?x) {}", 200),
    "letters that are composed": query("ASK { ?s ?p 'a" + "\u0301" * 10_000 + "' }", 200, 400),
    "letters like those of keywords": query("\uff21\uff33\uff2b {}", 400),
    "a dotless i": query("\u0131NSERT DATA {}", 400),
    "no-break spaces": query("ASK\u00a0{}", 400),
    # Percent signs.
    "a percent sign alone": get("/sparql?query=%", 400),
    "a percent sign and rubbish": get("/sparql?query=ASK%7B%7D%zz", 200, 400),
    "percent-encoded twice": get("/sparql?query=ASK%257B%257D", 400),
    "percent-encoded letters": get("/sparql?%71uery=%41SK%7B%7D", 200),
    "%u": get("/sparql?query=%u0041SK%7B%7D", 400),
    "plus signs": get("/sparql?query=ASK+%7B+%7D", 200),
    "a semicolon between parameters": get("/sparql?a=b;query=ASK%7B%7D", 400),
    # Content-Encoding (RFC 9110, sections 8.4 and 15.5.16).
    "gzip, truly": post("/sparql", QUERY, gzip.compress(ASK), 200, 415, Content_Encoding="gzip"),
    "deflate, truly": post("/sparql", QUERY, zlib.compress(ASK), 200, 415, Content_Encoding="deflate"),
    "gzip, a form": post(
        "/sparql", FORM, gzip.compress(FORM_ASK.encode()), 200, 415, Content_Encoding="gzip"
    ),
    "gzip, a lie": post("/sparql", QUERY, ASK, 400, 415, Content_Encoding="gzip"),
    "br, a lie": post("/sparql", QUERY, ASK, 400, 415, Content_Encoding="br"),
    "an unknown coding": post("/sparql", QUERY, ASK, 415, Content_Encoding="nonsense"),
    "identity": post("/sparql", QUERY, ASK, 200, 415, Content_Encoding="identity"),
    "gzip, cut off": post("/sparql", QUERY, gzip.compress(ASK)[:-4], 400, 415, Content_Encoding="gzip"),
    "gzip a hundred times": post("/sparql", QUERY, ASK, 400, 415, Content_Encoding=", ".join(["gzip"] * 100)),
    "a gzip bomb of 10 GB": post("/sparql", QUERY, gzip_bomb, 413, 415, Content_Encoding="gzip"),
    "a gzip bomb as a form": post("/sparql", FORM, gzip_bomb, 413, 415, Content_Encoding="gzip"),
    "a gzip bomb in a gzip bomb": post(
        "/sparql", QUERY, nested_gzip_bomb, 400, 413, 415, Content_Encoding="gzip, gzip"
    ),
    "a gzip bomb to classify": post(
        "/classify", "text/turtle", gzip_bomb, 400, 413, 415, Content_Encoding="gzip"
    ),
    "a gzip bomb that does not say so": post("/sparql", QUERY, gzip_bomb, 400),
    # Forms.
    "a form over the size limit": post("/sparql", FORM, lambda: "query=" + "a" * 17_000_000, 413),
    "100000 parameters": post("/sparql", FORM, lambda: FORM_ASK + "&a=1" * 100_000, 200, 400, 413),
    "a million ampersands": post("/sparql", FORM, lambda: "&" * 1_000_000 + FORM_ASK, 200, 400, 413),
    "names that collide": post(
        "/sparql",
        FORM,
        lambda: "".join(f"{n * (2**61 - 1)}&" for n in range(50_000)) + FORM_ASK,
        200,
        400,
        413,
    ),
    "a name of 1 MB": post("/sparql", FORM, lambda: "a" * 1_000_000 + "=&" + FORM_ASK, 200, 400, 413),
    "query 10000 times": post("/sparql", FORM, lambda: f"{FORM_ASK}&" * 10_000, 400, 413),
    "10000 default graphs": post(
        "/sparql",
        FORM,
        lambda: FORM_ASK + "".join(f"&default-graph-uri=x:{n}" for n in range(10_000)),
        200,
        400,
        413,
    ),
    "a default graph of 1 MB": post(
        "/sparql", FORM, lambda: FORM_ASK + "&default-graph-uri=x:" + "a" * 1_000_000, 200, 400, 413
    ),
    "multipart": post("/sparql", "multipart/form-data; boundary=x", multipart(1, value="ASK {}"), 400, 415),
    "multipart of 20000 fields": post(
        "/sparql", "multipart/form-data; boundary=x", lambda: multipart(20_000), 400, 413, 415
    ),
    "multipart without a boundary": post("/sparql", "multipart/form-data", multipart(1), 400, 415),
    "multipart that never ends": post(
        "/sparql", "multipart/form-data; boundary=x", lambda: "--x\r\n" + "A: b\r\n" * 500_000, 400, 413, 415
    ),
    "multipart with a boundary of 1000": post(
        "/sparql",
        "multipart/form-data; boundary=" + "-" * 1000,
        lambda: "\r\n" + "-" * 2_000_000,
        400,
        413,
        415,
    ),
    "multipart to classify": post(
        "/classify", "multipart/form-data; boundary=x", lambda: multipart(20_000), 400, 413, 415
    ),
    "multipart on a page": post("/", "multipart/form-data; boundary=x", lambda: multipart(20_000), 405, 413),
    "mixed multipart": post("/sparql", "multipart/mixed; boundary=x", multipart(3), 400, 415),
    # Headers that list.
    "Accept of 5000 ranges": get(ALIVE, 200, 406, 431, Accept=RANGES),
    "Accept of 200 ranges": get(
        ALIVE, 200, 406, Accept=", ".join(f"text/x{n}" for n in range(200)) + ", */*;q=0.1"
    ),
    "Accept of 2000 wildcards": get(ALIVE, 200, 431, Accept=",".join(["*/*"] * 2000)),
    "Accept of commas": get(ALIVE, 200, 406, 431, Accept="," * 7000),
    "Accept of parameters": get(ALIVE, 200, 406, 431, Accept="text/csv" + ";a=b" * 1700),
    "Accept that is open": get(ALIVE, 200, 400, 406, Accept='text/csv;a="' + "\\\\" * 3000),
    **{
        f"a weight of {weight or 'nothing'}": get(ALIVE, 200, 400, 406, Accept=f"text/csv;q={weight}")
        for weight in ("", "2", "-1", "nan", "inf", "1e9", "0.0000000001", "9" * 400, "1_0", "0x1", "\xb9")
    },
    "Accept-Language of 7 KB": get(
        "/", 200, 431, Accept_Language=", ".join(f"a{n % 10}-b;q=0.5" for n in range(500))
    ),
    "Accept-Encoding of 7 KB": get(
        ALIVE, 200, 406, 431, Accept_Encoding=", ".join(f"x{n};q=0.5" for n in range(600))
    ),
    "Accept-Encoding that accepts nothing": get(ALIVE, 200, 406, 415, Accept_Encoding="identity;q=0, *;q=0"),
    "Accept-Charset": get(ALIVE, 200, 406, Accept_Charset="utf-16"),
    "If-None-Match of 700": get(ALIVE, 200, 431, If_None_Match=", ".join(f'"{n:05}"' for n in range(700))),
    "If-None-Match that is open": get(ALIVE, 200, 400, If_None_Match='W/"' + "a" * 3000),
    "If-Match": get(ALIVE, 200, 412, If_Match='"a"'),
    # Parameters.
    **{
        f"timeout={value[:20]!r}": asked("ASK {}", *right, parameters=(("timeout", value),))
        for value, right in {
            "nan": (400,),
            "inf": (400,),
            "-1": (400,),
            "0": (400,),
            "1e400": (400,),
            "": (400,),
            "a": (400,),
            "1e-9": (200, *STOPPED),
            "1e300": (200, 400),
            "1_0": (200, 400),
            "\uff11": (200, 400),
            "9" * 5000: (200, 400),
            "1\n": (200, 400),
            "1\0": (400,),
        }.items()
    },
    "two timeouts": asked("ASK {}", 200, 400, parameters=(("timeout", "1"), ("timeout", "2"))),
    "a timeout longer than the server's": asked(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        *STOPPED,
        parameters=(("timeout", "1000"),),
    ),
    "reasoning twice": asked("ASK {}", 400, parameters=(("reasoning", "true"), ("reasoning", "false"))),
    "reasoning of 100 KB": post("/sparql", FORM, FORM_ASK + "&reasoning=" + "a" * 100_000, 400),
}
