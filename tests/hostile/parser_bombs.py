"""Queries that a recursive or quadratic parser does not survive."""

from __future__ import annotations

from hostile.request import SURVIVED, Request, query

DEEP = 100_000
MALFORMED = (400, 413, 503, 507)
TERM = "<http://x/p>"


def nested(before: str, opening: str, middle: str, closing: str, after: str, depth: int = DEEP) -> Request:
    return query(lambda: before + opening * depth + middle + closing * depth + after, *SURVIVED)


ROWS: dict[str, Request] = {
    "braces": nested("SELECT * ", "{", "", "}", ""),
    "braces in an ASK": nested("ASK ", "{", "", "}", ""),
    "braces, 2300": nested("SELECT * ", "{", "", "}", "", 2_300),
    "braces in a CONSTRUCT": nested("CONSTRUCT {} ", "{", "", "}", ""),
    "parentheses": nested("ASK { FILTER", "(", "1", ")", " }"),
    "parentheses in a BIND": nested("ASK { BIND", "(", "1 AS ?x", ")", " }"),
    "parentheses in SELECT": nested("SELECT ", "(", "1 AS ?x", ")", " {}"),
    "parentheses in HAVING": nested("SELECT ?x {} GROUP BY ?x HAVING ", "(", "1", ")", ""),
    "parentheses in ORDER BY": nested("SELECT ?x {} ORDER BY ", "(", "1", ")", ""),
    "collections": nested("ASK { ?s ?p ", "(", "1", ")", " }"),
    "blank nodes": nested("ASK { ?s ?p ", f"[{TERM} ", "1", "]", " }"),
    "empty brackets": nested("ASK { ?s ?p ", "[ ?p ", "[]", "]", " }"),
    "triple terms": nested("ASK { ?s ?p ", f"<<( ?s {TERM} ", "1", ")>>", " }"),
    "reified triples": nested("ASK { ", f"<< ?s {TERM} ", "1", ">>", f" {TERM} 1 }}"),
    "quoted triples of old": nested("ASK { ", f"<< ?s {TERM} ", "1", " >>", " ?p ?o }", 20_000),
    "annotations": nested(f"ASK {{ ?s {TERM} 1 ", f"{{| {TERM} 1 ", "", "|}", " }"),
    "paths in parentheses": nested("ASK { ?s ", "(", TERM, ")", " ?o }"),
    "starred paths": nested("ASK { ?s ", "(", TERM, ")*", " ?o }", 20_000),
    "inverse paths": query(f"ASK {{ ?s {'^' * DEEP}{TERM} ?o }}", *MALFORMED),
    "inverse paths in parentheses": nested("ASK { ?s ", "^(", TERM, ")", " ?o }", 50_000),
    "negated property sets": nested("ASK { ?s ", "!(", TERM, ")", " ?o }", 50_000),
    "negations": nested("ASK { FILTER(", "!", "true", "", ") }"),
    "minus signs": nested("ASK { FILTER(", "- ", "1", "", ") }"),
    "sums": nested("ASK { FILTER(1", "+1", "", "", ") }"),
    "differences without a space": nested("ASK { FILTER(1", "-1", "", "", ") }"),
    "products": nested("ASK { FILTER(1", "*1", "", "", ") }"),
    "disjunctions": nested("ASK { FILTER(1", "||1", "", "", ") }"),
    "conjunctions": nested("ASK { FILTER(1", "&&1", "", "", ") }"),
    "an IN list": nested("ASK { FILTER(1 IN (0", ",0", "", "", ")) }"),
    "nested IN": nested("ASK { FILTER(", "1 IN (", "1", ")", ") }", 50_000),
    "nested functions": nested("ASK { FILTER(", "STR(", "1", ")", ") }", 50_000),
    "nested IF": nested("ASK { FILTER(", "IF(1,1,", "1", ")", ") }", 50_000),
    "nested COALESCE": nested("ASK { FILTER(", "COALESCE(", "1", ")", ") }", 50_000),
    "nested EXISTS": nested("ASK { ", "FILTER EXISTS {", "", "}", " }", 50_000),
    "nested NOT EXISTS": nested("ASK { ", "FILTER NOT EXISTS {", "", "}", " }", 50_000),
    "nested aggregates": nested("SELECT (", "SUM(", "1", ")", " AS ?x) {}", 50_000),
    "nested OPTIONAL": nested("ASK { ", "OPTIONAL {", "", "}", " }"),
    "nested UNION": nested("ASK { ", "{} UNION {", "", "}", " }", 50_000),
    "nested MINUS": nested("ASK { ", "MINUS {", "", "}", " }"),
    "nested GRAPH": nested("ASK { ", "GRAPH ?g {", "", "}", " }"),
    "nested subselects": nested("ASK { ", "{ SELECT * {", "", "}}", " }", 50_000),
    "nested LATERAL": nested("ASK { ", "LATERAL {", "", "}", " }", 50_000),
    "a chain of UNION": nested("ASK { {}", "UNION{}", "", "", " }"),
    "a chain of groups": nested("ASK { ", "{}", "", "", " }"),
    "path steps": nested(f"ASK {{ ?s {TERM}", f"/{TERM}", "", "", " ?o }"),
    "path alternatives": nested(f"ASK {{ ?s {TERM}", f"|{TERM}", "", "", " ?o }"),
    "unclosed braces": query("SELECT * " + "{" * DEEP, *MALFORMED),
    "unclosed parentheses": query("ASK { FILTER" + "(" * DEEP, *MALFORMED),
    "unclosed collections": query("ASK { ?s ?p " + "(" * DEEP, *MALFORMED),
    "unclosed brackets": query("ASK { ?s ?p " + "[" * DEEP, *MALFORMED),
    "unclosed triple terms": query("ASK { ?s ?p " + "<<(" * DEEP, *MALFORMED),
    "unclosed << ": query("ASK { " + "<< " * DEEP, *MALFORMED),
    "closing braces only": query("}" * DEEP, *MALFORMED),
    "an unclosed string": query(lambda: "ASK { FILTER('" + "a" * 5_000_000, *MALFORMED),
    "an unclosed long string": query(lambda: "ASK { FILTER('''" + "a'' " * 1_000_000, *MALFORMED),
    "a string of escapes": query(lambda: 'ASK { FILTER("' + "\\\\" * 1_000_000 + '") }', *SURVIVED),
    "quotation marks only": query('"' * DEEP, *MALFORMED),
    "an IRI of 5 MB": query(lambda: "ASK { ?s ?p <http://x/" + "a" * 5_000_000 + "> }", *SURVIVED),
    "an unclosed IRI": query(lambda: "ASK { ?s ?p <http://x/" + "a" * 5_000_000, *MALFORMED),
    "less-than signs only": query("ASK { FILTER(1 " + "<" * DEEP + " 1) }", *MALFORMED),
    "a comment of 10 MB": query(lambda: "#" * 10_000_000 + "\nASK {}", *SURVIVED),
    "comments": query(lambda: "#\n" * 1_000_000 + "ASK {}", *SURVIVED),
    "spaces": query(lambda: " " * 10_000_000 + "ASK {}", *SURVIVED),
    "prefixes": query(
        lambda: "".join(f"PREFIX p{n}: <http://x/{n}#> " for n in range(DEEP)) + "ASK {}", *SURVIVED
    ),
    "one prefix again and again": query(lambda: "PREFIX a: <http://x/> " * DEEP + "ASK {}", *SURVIVED),
    "bases, each relative": query(lambda: "BASE <a/> " * DEEP + "ASK {}", *SURVIVED),
    "prefixes that build on one another": query(
        lambda: "BASE <http://x/> " + "".join(f"BASE <{'a' * 50}/> " for _ in range(20_000)) + "ASK {}",
        *SURVIVED,
    ),
    "a variable of 5 MB": query(lambda: "SELECT ?" + "a" * 5_000_000 + " {}", *SURVIVED),
    "variables": query(
        lambda: "SELECT " + " ".join(f"?v{n}" for n in range(DEEP)) + " { ?s ?p ?o } LIMIT 1", *SURVIVED
    ),
    "a number of a million digits": query(lambda: "ASK { FILTER(" + "9" * 1_000_000 + ") }", *SURVIVED),
    "an exponent of a million digits": query(lambda: "ASK { FILTER(1e" + "9" * 1_000_000 + ") }", *SURVIVED),
    "a language tag of 1 MB": query(lambda: 'ASK { ?s ?p "a"@a' + "-a" * 500_000 + " }", *SURVIVED),
    "semicolons": query(lambda: "ASK { ?s ?p ?o " + ";" * 1_000_000 + " }", *SURVIVED),
    "commas": query(lambda: "ASK { ?s ?p ?o " + ",?o" * DEEP + " }", *SURVIVED),
    "points": query(lambda: "ASK { ?s ?p ?o " + "." * DEEP + " }", *MALFORMED),
    "code point escapes": query(lambda: "ASK { " + "\\u007b" * 50_000, *MALFORMED),
    "a name of dots": query(lambda: "PREFIX a: <x:> ASK { ?s ?p a:a" + "." * DEEP + "a }", *SURVIVED),
    "the word service, a million times": query(lambda: "ASK { " + "?service " * 1_000_000, *MALFORMED),
    "over the size limit": query(lambda: "#" + "a" * 17_000_000 + "\nASK {}", 413),
}

EXTRA = {"annotations", "quoted triples of old", "nested IN", "nested IF", "nested NOT EXISTS",
         "nested GRAPH", "products", "conjunctions", "disjunctions", "empty brackets",
         "unclosed triple terms", "variables", "the word service, a million times",
         "one prefix again and again"}  # fmt: skip
