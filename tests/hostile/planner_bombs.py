"""Queries that parse at once and that a planner may never be done with."""

from __future__ import annotations

from hostile.request import SURVIVED, Request, query


def many(before: str, part: str, count: int, after: str) -> Request:
    """``part`` again and again, ``@`` in it numbered."""
    return query(lambda: before + "".join(part.replace("@", str(n)) for n in range(count)) + after, *SURVIVED)


ROWS: dict[str, Request] = {
    "OPTIONAL, 500": many("ASK { ?s ?p ?o ", "OPTIONAL { ?s ?p@ ?o@ } ", 500, "}"),
    "OPTIONAL of one another, 300": many("ASK { ?s ?p ?o0 ", "OPTIONAL { ?o@ ?p@ ?q@ } ", 300, "}"),
    "UNION, 1000": many("ASK { {} ", "UNION { ?s ?p@ ?o@ } ", 1000, "}"),
    "groups of UNION, 300": many("ASK { ", "{ ?a@ ?b ?c } UNION { ?a@ ?c ?b } ", 300, "}"),
    "a pattern of 5000, unconnected": many("ASK { ", "?s@ ?p@ ?o@ . ", 5000, "}"),
    "a pattern of 5000, one chain": many("ASK { ?v0 ?p ?v0 . ", "?v@ ?p@ ?w@ . ?w@ ?q@ ?v@ . ", 2500, "}"),
    "a pattern of 3000, a star": many("ASK { ", "?s ?p@ ?o@ . ", 3000, "}"),
    "a clique of 60": query(
        "ASK { " + "".join(f"?v{a} ?p{a}_{b} ?v{b} . " for a in range(60) for b in range(a)) + "}",
        *SURVIVED,
    ),
    "subselects joined, 500": many("ASK { ", "{ SELECT ?s { ?s ?p@ ?o } } ", 500, "}"),
    "subselects that count, joined, 200": many(
        "ASK { ", "{ SELECT (COUNT(*) AS ?n@) { ?s ?p ?o } } ", 200, "}"
    ),
    "MINUS, 1000": many("ASK { ?s ?p ?o ", "MINUS { ?s ?p@ ?o@ } ", 1000, "}"),
    "EXISTS, 1000": many("ASK { ?s ?p ?o ", "FILTER EXISTS { ?s ?p@ ?o@ } ", 1000, "}"),
    "FILTER, 5000": many("ASK { ?s ?p ?o ", "FILTER(?o != @) ", 5000, "}"),
    "BIND, 5000": many("ASK { BIND(1 AS ?x) ", "BIND(?x + @ AS ?x@) ", 5000, "}"),
    "VALUES joined, 300": many("ASK { ", "VALUES ?v@ { 1 2 3 } ", 300, "}"),
    "an alternative of 5000": query(
        lambda: "ASK { ?s " + "|".join(f"<x:{n}>" for n in range(5000)) + " ?o }", *SURVIVED
    ),
    "a sequence of 3000": query(
        lambda: "ASK { ?s " + "/".join(f"<x:{n}>" for n in range(3000)) + " ?o }", *SURVIVED
    ),
    "a sequence of 300 wildcards": query("ASK { ?s " + "/".join(["(!<x:>)"] * 300) + " ?o }", *SURVIVED),
    "a negated property set of 10000": query(
        lambda: "ASK { ?s !(" + "|".join(f"<x:{n}>" for n in range(10_000)) + ") ?o }", *SURVIVED
    ),
    "alternatives of alternatives": query(
        "ASK { ?s " + "/".join(["(<x:a>|<x:b>|<x:c>)"] * 200) + " ?o }", *SURVIVED
    ),
    "optional steps, 60": query("ASK { ?s " + "/".join(["(!<x:>)?"] * 60) + " <x:nowhere> }", *SURVIVED),
    "expressions doubled by name": query(
        "SELECT ?x40 { BIND(1 AS ?x0) "
        + "".join(f"BIND(?x{n} + ?x{n} AS ?x{n + 1}) " for n in range(40))
        + "}",
        *SURVIVED,
    ),
    "GRAPH ?g, 500": many("ASK { ", "GRAPH ?g@ { ?s ?p@ ?o@ } ", 500, "}"),
    "ORDER BY 5000 keys": query(
        lambda: "SELECT * { ?s ?p ?o } ORDER BY " + " ".join(f"(?s + {n})" for n in range(5000)), *SURVIVED
    ),
    "GROUP BY 5000 keys": query(
        lambda: (
            "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY "
            + " ".join(f"(?s + {n} AS ?k{n})" for n in range(5000))
        ),
        *SURVIVED,
    ),
    "aggregates, 3000": query(
        lambda: "SELECT " + " ".join(f"(SUM(?o + {n}) AS ?n{n})" for n in range(3000)) + " { ?s ?p ?o }",
        *SURVIVED,
    ),
    "FROM, 50000": query(lambda: "ASK " + "".join(f"FROM <x:{n}> " for n in range(50_000)) + "{}", *SURVIVED),
}

EXTRA = {"a pattern of 3000, a star", "a sequence of 300 wildcards", "aggregates, 3000",
         "GRAPH ?g, 500", "groups of UNION, 300", "a pattern of 5000, one chain", "FILTER, 5000",
         "GROUP BY 5000 keys"}  # fmt: skip
