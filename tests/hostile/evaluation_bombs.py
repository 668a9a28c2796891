"""Queries of a line or two that run for ever or fill any memory."""

from __future__ import annotations

from hostile.request import STOPPED, SURVIVED, Request, asked, query

CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
TOO_LARGE = (413, *STOPPED)
COUNT = "SELECT (COUNT(*) AS ?n)"
ANY_PATH = "(!<x:>|!^<x:>)"


def doubled(times: int, use: str = "STRLEN(?x{last})") -> str:
    """A string of 10 characters, doubled ``times`` times."""
    binds = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(times))
    return f"SELECT ({use.format(last=times)} AS ?n) {{ BIND('0123456789' AS ?x0) {binds} }}"


ROWS: dict[str, Request] = {
    "cross product, counted": query(f"{COUNT} {{ {CROSS} }}", *STOPPED),
    "cross product in the URL": asked(f"{COUNT} {{ {CROSS} }}", *STOPPED),
    "cross product, never true": query(
        f"ASK {{ {CROSS} FILTER(CONCAT(STR(?c), STR(?f), STR(?i)) = 'a') }}", *STOPPED
    ),
    "cross product as CSV": query(f"SELECT * {{ {CROSS} }}", *TOO_LARGE, Accept="text/csv"),
    "cross product as JSON": query(f"SELECT * {{ {CROSS} }}", *TOO_LARGE),
    "cross product as XML": query(f"SELECT * {{ {CROSS} }}", *TOO_LARGE, Accept="application/xml"),
    "cross product as a page": query(f"SELECT * {{ {CROSS} }}", *TOO_LARGE, Accept="text/html"),
    "cross product as a graph": query(
        f"CONSTRUCT {{ ?a ?e ?i }} {{ {CROSS} }}", *TOO_LARGE, Accept="application/n-triples"
    ),
    "cross product as blank nodes": query(f"CONSTRUCT {{ [] ?b [] }} {{ {CROSS} }}", *TOO_LARGE),
    "cross product as RDF/XML": query(
        f"CONSTRUCT {{ [] ?b ?f }} {{ {CROSS} }}", *TOO_LARGE, Accept="application/rdf+xml"
    ),
    "DESCRIBE of all": query("DESCRIBE * { ?s ?p ?o . ?o ?q ?r . ?x ?y ?z }", *SURVIVED),
    "cross product, ordered": query(f"SELECT * {{ {CROSS} }} ORDER BY ?c ?f", *STOPPED),
    "cross product, the first of it in order": query(
        f"SELECT * {{ {CROSS} }} ORDER BY DESC(?i) LIMIT 1", *STOPPED
    ),
    "cross product, distinct": query(f"SELECT DISTINCT * {{ {CROSS} }} OFFSET 999999999", *STOPPED),
    "cross product, reduced, far off": query(f"SELECT REDUCED * {{ {CROSS} }} OFFSET 999999999999", *STOPPED),
    "cross product, grouped": query(
        f"SELECT ?x (COUNT(*) AS ?n) {{ {CROSS} BIND(CONCAT(STR(?c), STR(?f), STR(?i)) AS ?x) }} GROUP BY ?x",
        *STOPPED,
    ),
    "cross product, concatenated": query(
        f"SELECT (STRLEN(GROUP_CONCAT(STR(?i))) AS ?n) {{ {CROSS} }}", *STOPPED
    ),
    "cross product, concatenated, distinct": query(
        f"SELECT (GROUP_CONCAT(DISTINCT CONCAT(STR(?c), STR(?f)); separator='{'x' * 1000}') AS ?n) {{ {CROSS} }}",
        *STOPPED,
    ),
    "cross product, counted distinct": query(
        f"SELECT (COUNT(DISTINCT CONCAT(STR(?c), STR(?f), STR(?i))) AS ?n) {{ {CROSS} }}", *STOPPED
    ),
    "cross product, every aggregate": query(
        f"SELECT (SUM(?c) AS ?1) (AVG(?c) AS ?2) (MIN(?c) AS ?3) (MAX(?i) AS ?4) (SAMPLE(?f) AS ?5) {{ {CROSS} }}",
        *STOPPED,
    ),
    "cross product of numbers": query(
        f"{COUNT} {{ VALUES ?x {{ {'1 ' * 1000} }} VALUES ?y {{ {'1 ' * 1000} }} "
        f"VALUES ?z {{ {'1 ' * 1000} }} VALUES ?w {{ {'1 ' * 1000} }} }}",
        *STOPPED,
    ),
    "subselects multiplied": query(
        f"{COUNT} {{ {{ SELECT ?a {{ ?a ?b ?c }} }} {{ SELECT ?d {{ ?d ?e ?f }} }} {{ SELECT ?g {{ ?g ?h ?i }} }} }}",
        *STOPPED,
    ),
    "ordered subselects multiplied": query(
        f"{COUNT} {{ {{ SELECT * {{ ?a ?b ?c . ?d ?e ?f }} ORDER BY ?f }} "
        f"{{ SELECT * {{ ?g ?h ?i . ?j ?k ?l }} ORDER BY ?l }} }}",
        *STOPPED,
    ),
    "OPTIONAL multiplied": query(
        f"{COUNT} {{ ?a ?b ?c OPTIONAL {{ ?d ?e ?f OPTIONAL {{ ?g ?h ?i }} }} }}", *STOPPED
    ),
    "UNION multiplied": query(
        f"{COUNT} {{ " + "{ ?a ?b ?c } UNION { ?d ?e ?f } . { ?g ?h ?i } UNION { ?j ?k ?l } " * 3 + "}",
        *STOPPED,
    ),
    "MINUS of a cross product": query(
        f"{COUNT} {{ ?a ?b ?c . ?d ?e ?f MINUS {{ ?a ?h ?i . ?d ?k ?l . ?m ?n ?o }} }}", *STOPPED
    ),
    "EXISTS of a cross product": query(
        f"{COUNT} {{ ?a ?b ?c FILTER EXISTS {{ {CROSS} . ?j ?k ?l FILTER(?l = 1) }} }}", *STOPPED
    ),
    "NOT EXISTS, nested": query(
        f"{COUNT} {{ ?a ?b ?c FILTER NOT EXISTS {{ ?d ?e ?f FILTER NOT EXISTS {{ ?g ?h ?i "
        "FILTER(?i = ?f && ?c = 1) } } }",
        *STOPPED,
    ),
    "joins by a comparison": query(
        f"{COUNT} {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) < STR(?f) && STR(?f) < STR(?i)) }}",
        *STOPPED,
    ),
    "a path over everything": query(f"{COUNT} {{ ?s {ANY_PATH}* ?o }}", *STOPPED),
    "a path over everything, once or more": query(f"{COUNT} {{ ?s {ANY_PATH}+ ?o }}", *STOPPED),
    "paths over paths": query(f"{COUNT} {{ ?s ({ANY_PATH}*)* ?o . ?o ({ANY_PATH}+)+ ?x }}", *STOPPED),
    "nested stars": query(f"{COUNT} {{ ?s ((((({ANY_PATH})*)*)*)*)* ?o }}", *STOPPED),
    "stars in sequence": query(
        f"{COUNT} {{ ?s {ANY_PATH}*/{ANY_PATH}*/{ANY_PATH}*/{ANY_PATH}* ?o }}", *STOPPED
    ),
    "wildcard steps": query(f"{COUNT} {{ ?s {'/'.join([ANY_PATH] * 12)} ?o }}", *STOPPED),
    "paths between all pairs": query(f"{COUNT} {{ ?a ?b ?c . ?d ?e ?f . ?c {ANY_PATH}* ?f }}", *STOPPED),
    "a string doubled 40 times": query(doubled(40), *SURVIVED),
    "a string doubled 40 times and hashed": query(doubled(40, "SHA512(?x{last})"), *SURVIVED),
    "a string doubled 25 times": query(doubled(25, "?x{last}"), *TOO_LARGE, 200),
    "a string doubled 22 times and encoded": query(
        doubled(22, "ENCODE_FOR_URI(ENCODE_FOR_URI(CONCAT(?x{last}, '%%%')))"), *SURVIVED
    ),
    "a string doubled in each row": query(
        "SELECT (MD5(?y) AS ?n) { ?s ?p ?o . ?a ?b ?c "
        + "BIND(STR(?o) AS ?x0) "
        + "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(16))
        + "BIND(?x16 AS ?y) }",
        *TOO_LARGE,
    ),
    "hashes of hashes": query(
        f"{COUNT} {{ {CROSS} FILTER(SHA512(SHA384(SHA256(SHA1(MD5(CONCAT(STR(?c), STR(?i))))))) = 'a') }}",
        *STOPPED,
    ),
    "replacements that grow": query(
        "SELECT (STRLEN(?x12) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
        + "".join(f"BIND(REPLACE(?x{n}, 'a', 'aaaaaaaaaa') AS ?x{n + 1}) " for n in range(12))
        + "}",
        *SURVIVED,
    ),
    "replacements with groups": query(
        "SELECT (STRLEN(?x9) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
        + "".join(f"BIND(REPLACE(?x{n}, '(a+)', '$1$1$1$1$1$1$1$1') AS ?x{n + 1}) " for n in range(9))
        + "}",
        *SURVIVED,
    ),
    "percent encodings that grow": query(
        "SELECT (STRLEN(?x20) AS ?n) { BIND('%%%%%%%%%%' AS ?x0) "
        + "".join(f"BIND(ENCODE_FOR_URI(CONCAT(?x{n}, ?x{n}, '%')) AS ?x{n + 1}) " for n in range(20))
        + "}",
        *SURVIVED,
    ),
    "regular expression, catastrophic": query(
        "ASK { BIND('" + "a" * 5000 + "!' AS ?x) FILTER REGEX(?x, '^(a+)+$') }", *SURVIVED
    ),
    "regular expression, alternatives": query(
        "ASK { BIND('" + "a" * 5000 + "!' AS ?x) FILTER REGEX(?x, '^(a|a|aa|a?)*$') }", *SURVIVED
    ),
    "regular expression, back references": query("ASK { FILTER REGEX('aa', '(a)\\\\1') }", 200, 400),
    "regular expression, bounded twice": query("ASK { FILTER REGEX('a', '(a{1000}){1000}') }", *SURVIVED),
    "regular expression, bounded thrice": query(
        "ASK { FILTER REGEX('a', '((a{1000}){1000}){1000}') }", *SURVIVED
    ),
    "regular expression, Unicode classes bounded": query(
        "ASK { FILTER REGEX('a', '(\\\\p{L}{1000}){10}') }", *SURVIVED
    ),
    "regular expression, nested groups": query(
        lambda: "ASK { FILTER REGEX('a', '" + "(" * 50_000 + ")" * 50_000 + "') }", *SURVIVED
    ),
    "regular expression, a pattern of 5 MB": query(
        lambda: "ASK { FILTER REGEX('a', '" + "a|" * 2_500_000 + "') }", *SURVIVED
    ),
    "regular expression, a new one each row": query(
        f"{COUNT} {{ {CROSS} FILTER REGEX(STR(?c), CONCAT('(', STR(?f), '){{50}}')) }}", *STOPPED
    ),
    "regular expression over a cross product": query(
        f"{COUNT} {{ {CROSS} FILTER REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), '(.*a){{20}}$', 'i') }}",
        *STOPPED,
    ),
    "VALUES of 500000": query(lambda: f"{COUNT} {{ VALUES ?x {{ " + "1 " * 500_000 + "} }", *SURVIVED),
    "VALUES of 1000 columns": query(
        lambda: (
            "SELECT * { VALUES ("
            + " ".join(f"?v{n}" for n in range(1000))
            + ") { "
            + ("(" + "1 " * 1000 + ") ") * 300
            + "} }"
        ),
        *SURVIVED,
    ),
    "VALUES of UNDEF joined": query(
        lambda: (
            f"{COUNT} {{ VALUES (?a ?b) {{ "
            + "(UNDEF 1) (1 UNDEF) " * 20_000
            + "} VALUES (?b ?c ?a) { "
            + "(UNDEF 1 UNDEF) (UNDEF UNDEF 1) " * 20_000
            + "} }"
        ),
        *SURVIVED,
    ),
    "numbers of many digits": query(
        "SELECT (?x0 * ?x0 * ?x0 AS ?n) { BIND(" + "9" * 300 + ".0 AS ?x0) }", *SURVIVED
    ),
    "LIMIT of many digits": query(f"SELECT * {{ ?s ?p ?o }} LIMIT {'9' * 40}", 200, 400),
    "OFFSET of many digits": query(f"SELECT * {{ ?s ?p ?o }} OFFSET {'9' * 19}", 200, 400),
    "a date out of range": query(
        "SELECT (YEAR('-99999999999999-01-01T00:00:00Z'^^xsd:dateTime) AS ?y) {}", 200
    ),
    "SUBSTR at the edge": query(
        "SELECT (SUBSTR('abc', -9223372036854775808, 9223372036854775807) AS ?s) {}", 200
    ),
    "division by zero": query("SELECT (1/0 AS ?x) (1.0/0 AS ?y) (-9223372036854775808 / -1 AS ?z) {}", 200),
    "overflow": query("SELECT (9223372036854775807 + 1 AS ?x) (-9223372036854775808 * -1 AS ?y) {}", 200),
    "RAND and UUID for ever": query(
        f"{COUNT} {{ {CROSS} FILTER(RAND() > 2 || CONCAT(STRUUID(), STR(?c), STR(?f), STR(?i)) = 'a') }}",
        *STOPPED,
    ),
    "IRIs made for ever": query(
        f"{COUNT} {{ {CROSS} FILTER(IRI(CONCAT('x:', STR(?c), STR(?i))) = <x:>) }}", *STOPPED
    ),
    "a function that is none": query("SELECT (<http://x/f>(1) AS ?x) {}", 501),
    "a cast of rubbish": query("SELECT (xsd:integer('a') AS ?x) (xsd:dateTime('') AS ?y) {}", 200),
}

EXTRA = {"cross product as XML", "cross product as RDF/XML", "cross product as blank nodes",
         "cross product, reduced, far off", "cross product, concatenated, distinct",
         "cross product, counted distinct", "cross product, every aggregate",
         "ordered subselects multiplied", "UNION multiplied",
         "a path over everything, once or more", "paths over paths", "stars in sequence",
         "paths between all pairs", "a string doubled 40 times and hashed",
         "replacements with groups", "percent encodings that grow", "IRIs made for ever",
         "RAND and UUID for ever", "VALUES of UNDEF joined",
         "regular expression, a new one each row", "cross product, never true"}  # fmt: skip
