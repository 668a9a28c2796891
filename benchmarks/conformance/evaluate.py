"""The tests of the two languages: what queries answer, what updates leave, and what does not parse."""

from __future__ import annotations

from endpoint import Failed, Response, Server, expect, triples
from manifest import MF, QT, UT, Dataset, Test
from pyoxigraph import Triple
from results import accept_for, compare, expected, isomorphic, received


def query_evaluation(test: Test, server: Server) -> None:
    """Load the data, send the query, compare the answer, in the format of the expected one."""
    server.replace(test.dataset(test.action, QT))
    _, text = test.request()
    (result,) = test.graph.objects(test.node, MF.result)
    path = test.path(result)
    response = expect(server.query(text, accept_for(path)), 200)
    if response.media_type != accept_for(path):
        raise Failed(f"asked for {accept_for(path)}, came {response.excerpt()}")
    compare(expected(path), received(response), text)


def update_evaluation(test: Test, server: Server) -> None:
    """Load the data, send the update, compare every graph with what it should now hold."""
    server.replace(test.dataset(test.action, UT))
    _, text = test.request()
    expect(server.update(text), 200, 204)
    (result,) = test.graph.objects(test.node, MF.result)
    wanted = _graphs(test.dataset(result, UT))
    came = server.contents()
    for name in sorted(wanted.keys() | came.keys(), key=str):
        _same_graph(name, wanted.get(name, []), came.get(name, []))


def _graphs(dataset: Dataset) -> dict[str | None, list[Triple]]:
    default = [triple for path in dataset.default for triple in triples(path)]
    return {None: default} | {name: triples(path) for name, path in dataset.named.items()}


def _same_graph(name: str | None, wanted: list[Triple], came: list[Triple]) -> None:
    if isomorphic(wanted, came):
        return
    try:
        compare(wanted, came)
    except Failed as failure:
        raise type(failure)(f"{name or 'the default graph'}: {failure}") from failure


def positive_syntax(test: Test, server: Server) -> str | None:
    """A query or update that is legal is not answered with 400. Where carrying it out fails (a document
    that nobody can load, a function that nobody knows) the test passes, and the return value says so."""
    response = _send(test, server)
    if response.status == 400 or response.status > 501:
        raise Failed(f"expected that it parses, came {response.excerpt()}")
    return None if response.status in (200, 204) else f"it parses; carrying it out: {response.excerpt()}"


def negative_syntax(test: Test, server: Server) -> None:
    """Sections 2.1.7 and 2.2.5 of the protocol: what is not legal is answered with 400."""
    expect(_send(test, server), 400)


def _send(test: Test, server: Server) -> Response:
    path, text = test.request()
    server.replace(Dataset())
    # CONSTRUCT and DESCRIBE parse as well as SELECT and ASK do, so any format will do.
    return server.update(text) if path.suffix == ".ru" else server.query(text, "*/*")
