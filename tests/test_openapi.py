"""The OpenAPI description and the service say the same: schemathesis holds the one against the other."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import missing_required_header
from werkzeug.routing import Map, Rule

from conftest import ROOT
from integrin_kg.engine.client import Engine
from integrin_kg.engine.staff import Staff
from integrin_kg.settings import Settings
from integrin_kg.web import create_app, openapi
from test_sparql import send

DOCUMENT = json.loads((ROOT / "src/integrin_kg/web/openapi.json").read_text("utf-8"))
METHODS = {"get", "head", "put", "post", "delete", "patch", "options", "trace"}

NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")

# What valid data are where JSON Schema has no words for it.
FORMATS = {
    "sparql-query": ["ASK {}", "SELECT * { ?s a ikg:Integrin } LIMIT 3", "DESCRIBE ikg:Integrin"],
    "sparql-update": ["INSERT DATA { <urn:x:a> <urn:x:b> <urn:x:c> }"],
    "turtle": ["@prefix : <urn:x:> . :a a <https://w3id.org/integrin-kg/schema/RGDReceptor> ."],
    "n-triples": ["<urn:x:a> <urn:x:b> <urn:x:c> ."],
    "rdf-xml": ['<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'],
    "iri": ["https://w3id.org/integrin-kg/graph/claims", "urn:x:nothing"],
    "segment": ["integrin", "alphaV-beta3", "rgd-receptors", "nothing"],
}
for name, examples in FORMATS.items():
    schemathesis.openapi.format(name, st.sampled_from(examples))


@schemathesis.serializer(
    "application/sparql-query", "application/sparql-update", "application/n-triples", "application/xml"
)
def as_it_is(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode("utf-8", "ignore")


APP = create_app(Engine(lambda: None, Staff()), Settings())
"""The application with the settings that a server has unless told otherwise; it is only looked at."""

schema = schemathesis.openapi.from_dict(DOCUMENT | {"paths": openapi.offered(DOCUMENT["paths"], APP.url_map)})


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_service_does_what_it_says_and_refuses_what_it_does_not(
    case: schemathesis.Case, server: str
) -> None:
    if not beyond_openapi(case):
        # Where nobody may write it says so before it asks for a token.
        excluded = [missing_required_header, *([not_a_server_error] if hurried(case) else [])]
        case.call_and_validate(base_url=server, timeout=20, excluded_checks=excluded)


def given(case: schemathesis.Case, *names: str) -> list[Any]:
    """The values that parameters of those names have, in the URL and in a form."""
    form = case.body if isinstance(case.body, dict) else {}
    return [part[name] for part in (dict(case.query or {}), form) for name in names if name in part]


def beyond_openapi(case: schemathesis.Case) -> bool:
    """Whether a request is right or wrong in a way that OpenAPI has no words for: a parameter that wants
    another beside it, two that must agree, a description in RDF of no triple."""
    if case.path == "/classify" and isinstance(case.body, str):
        return all(not line.strip() or line.startswith("#") for line in case.body.splitlines())
    if case.path == "/sparql.{suffix}":  # a table has no Turtle, and a graph no CSV
        return True
    if case.path == "/graphs" and {"graph", "default"} <= set(case.query or {}):
        return True
    lost = case.path == "/sparql" and case.method == "GET" and case.query and "query" not in case.query
    return bool(lost) or len(given(case, "reasoning", "infer")) > 1


def hurried(case: schemathesis.Case) -> bool:
    """Whether a request gives the server less time than it takes, which it answers with a 503."""
    numbers = [float(text) for text in map(str, given(case, "timeout")) if NUMBER.fullmatch(text)]
    return any(0 < seconds < 0.5 for seconds in numbers)


# --- the document --------------------------------------------------------------------------------


def get(server: str, **headers: str) -> dict[str, Any]:
    reply = send(server, "/openapi.json", **headers)
    assert (reply.status, reply.media_type) == (200, "application/json")
    found: dict[str, Any] = reply.json()
    return found


def test_the_document_names_this_server_and_this_version(server: str) -> None:
    document = get(server)
    assert document["servers"] == [{"url": server}]
    assert document["info"]["version"] == version("integrin-kg")
    assert get(server, Host="kg.example.org")["servers"] == [{"url": "http://kg.example.org"}]


def test_every_path_that_is_served_is_described_with_its_methods() -> None:
    served = {
        (re.sub(r"<[^>]*>", "{}", rule.rule), method.lower())
        for rule in APP.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (re.sub(r"\{[^}]*\}", "{}", path), method)
        for path, item in DOCUMENT["paths"].items()
        for method in METHODS & set(item)
    }
    assert served <= described


def test_what_is_not_served_is_left_out() -> None:
    routes = Map([Rule("/graphs/<path:name>", methods=["GET"]), Rule("/other")])
    found = openapi.offered(DOCUMENT["paths"], routes)
    assert list(found) == ["/graphs/{path}"]
    assert METHODS & set(found["/graphs/{path}"]) == {"get", "head"}


def test_what_changes_the_graph_says_that_it_takes_a_token_and_may_be_switched_off(server: str) -> None:
    writing = [
        operation
        for item in get(server)["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "security" in operation
    ]
    assert len(writing) == 9
    assert all({"401", "403"} <= set(operation["responses"]) for operation in writing)


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


def test_every_reference_leads_somewhere_and_every_component_is_referred_to() -> None:
    components = {
        f"#/components/{kind}/{name}"
        for kind, named in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert references(DOCUMENT) == components


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", item[method])
        for path, item in DOCUMENT["paths"].items()
        for method in sorted(METHODS & set(item))
    ]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, operation in operations())


def test_every_error_is_a_problem_document() -> None:
    for name, operation in operations():
        for status, response in operation["responses"].items():
            shared = response.get("$ref", "").rpartition("/")[2]
            found = DOCUMENT["components"]["responses"][shared] if shared else response
            told_as_health = "/health" in name
            if int(status) >= 400 and not (name.startswith("head ") or told_as_health):
                assert "application/problem+json" in found["content"], (name, status)


def test_what_changes_the_graph_wants_the_token_and_nothing_else_does() -> None:
    guarded = {name for name, operation in operations() if operation.get("security") == [{"token": []}]}
    changing = {name for name, _ in operations() if name.startswith(("put", "delete", "patch"))}
    assert guarded == changing | {"post /update", "post /graphs", "post /graphs/{path}"}
