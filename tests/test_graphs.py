"""``/graphs`` as its clients meet it: the Graph Store HTTP Protocol, every method and every refusal."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import Literal, Quad, RdfFormat, parse

from integrin_kg.vocab import BASE, CLAIMS_GRAPH, INFERRED_GRAPH
from test_sparql import PROBLEM, Reply, problem, query, send
from test_update import KEY, TOKEN, UPDATE, update

TURTLE = "text/turtle"
ONE, TWO = "<x:s> <x:p> 1 .", "<x:s> <x:p> 2 ."
G = "http://example.org/g"

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def writable(serve: Serve) -> str:
    """An empty dataset that is open to those who have the token."""
    return serve(
        "--empty", "--no-reasoning", "--writable", "--workers", "2", "--upload-limit", "1", env=TOKEN
    )


@pytest.fixture
def there(writable: str) -> str:
    """The empty dataset, emptied."""
    assert update(writable, "DROP ALL").status == 200
    return writable


@pytest.fixture(scope="module")
def shipped(serve: Serve) -> str:
    """The shipped graph, open to those who have the token."""
    return serve("--writable", "--workers", "2", env=TOKEN)


def at(graph: str | None = G) -> str:
    return "/graphs?" + (urlencode({"graph": graph}) if graph else "default")


def write(
    server: str, method: str, path: str, body: str | bytes = ONE, media_type: str = TURTLE, **headers: str
) -> Reply:
    content = body.encode() if isinstance(body, str) else body
    return send(server, path, method, content, Content_Type=media_type, **KEY, **headers)


def delete(server: str, path: str) -> Reply:
    return send(server, path, "DELETE", **KEY)


def read(server: str, path: str, accept: str = "application/n-triples") -> Reply:
    return send(server, path, Accept=accept)


def triples(server: str, path: str) -> set[Quad]:
    reply = read(server, path)
    assert reply.status == 200, reply.text
    return set(parse(reply.body, RdfFormat.N_TRIPLES))


def values(server: str, path: str) -> set[str]:
    return {quad.object.value for quad in triples(server, path) if isinstance(quad.object, Literal)}


# --- each method (sections 5.2 to 5.7) -------------------------------------------------------------


def test_put_makes_a_graph_and_then_replaces_it(there: str) -> None:
    made = write(there, "PUT", at())
    assert (made.status, made.headers["Location"], made.body) == (201, G, b"")
    again = write(there, "PUT", at(), TWO)
    assert (again.status, again.headers["Location"], again.body) == (204, None, b"")
    assert values(there, at()) == {"2"}


def test_post_makes_a_graph_and_then_adds_to_it(there: str) -> None:
    assert write(there, "POST", at()).status == 201
    assert write(there, "POST", at(), TWO).status == 204
    assert values(there, at()) == {"1", "2"}


def test_post_to_the_store_itself_makes_a_graph_with_a_name_of_its_own(there: str) -> None:
    made = [write(there, "POST", "/graphs", body) for body in (ONE, TWO)]
    assert [reply.status for reply in made] == [201, 201]
    places = [reply.headers["Location"] for reply in made]
    assert len(set(places)) == 2
    assert [values(there, urlsplit(place).path) for place in places] == [{"1"}, {"2"}]
    assert [values(there, at(place)) for place in places] == [{"1"}, {"2"}]


def test_delete_drops_a_graph_once(there: str) -> None:
    write(there, "PUT", at())
    assert (delete(there, at()).status, delete(there, at()).status) == (204, 404)
    assert read(there, at()).status == 404


def test_the_default_graph_is_always_there(there: str) -> None:
    assert (read(there, at(None)).status, triples(there, at(None))) == (200, set())
    assert write(there, "PUT", at(None)).status == 204
    assert write(there, "POST", at(None), TWO).status == 204
    assert values(there, at(None)) == {"1", "2"}
    assert (
        send(there, at(None), "PATCH", "DELETE DATA { <x:s> <x:p> 1 }", Content_Type=UPDATE, **KEY).status
        == 204
    )
    assert values(there, at(None)) == {"2"}
    assert (delete(there, at(None)).status, delete(there, at(None)).status) == (204, 204)
    assert triples(there, at(None)) == set()


def test_patch_changes_one_graph(there: str) -> None:
    write(there, "PUT", at())
    text = "DELETE { ?s ?p 1 } INSERT { ?s ?p 3 } WHERE { ?s ?p 1 }"
    assert send(there, at(), "PATCH", text, Content_Type=UPDATE, **KEY).status == 204
    assert values(there, at()) == {"3"}
    elsewhere = "INSERT DATA { GRAPH <x:h> { <x:s> <x:p> 1 } }"
    for path, body, status in ((at(), elsewhere, 422), (at("x:h"), text, 404), (at(), "oops", 400)):
        reply = send(there, path, "PATCH", body, Content_Type=UPDATE, **KEY)
        assert (reply.status, problem(reply)["status"]) == (status, status)
    assert write(there, "PATCH", at(), text, "application/sparql-query").status == 415
    assert values(there, at()) == {"3"}


def test_head_is_get_without_its_body(there: str) -> None:
    write(there, "PUT", at())
    for path in (at(), at(None), "/graphs"):
        get, head = send(there, path), send(there, path, "HEAD")
        assert (head.status, head.body) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
            assert head.headers[name] == get.headers[name]
            assert head.headers[name]
    assert send(there, at("x:none"), "HEAD").status == 404


def test_options_and_other_methods(there: str) -> None:
    for path in ("/graphs", "/graphs/direct"):
        allowed = set(send(there, path, "OPTIONS").headers["Allow"].split(", "))
        assert allowed >= {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"}
        reply = send(there, path, "TRACE")
        assert reply.status in (405, 501)


def test_an_empty_document_makes_an_empty_graph(there: str) -> None:
    assert write(there, "PUT", at(), "").status == 201
    assert (read(there, at()).status, triples(there, at())) == (200, set())
    assert write(there, "PUT", at(), "").status == 204


# --- which graph (section 4) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/graphs/a",
        "/graphs/a/b",
        "/graphs/a%20b",
        "/graphs/%C3%A4",
        "/graphs/a%2Fb",
        "/graphs/a:b",
        "/graphs/a%25",
    ],
)
def test_a_graph_named_by_its_url_is_the_one_of_that_iri(there: str, path: str) -> None:
    made = write(there, "PUT", path)
    assert (made.status, made.headers["Location"]) == (201, there + path)
    assert values(there, path) == values(there, at(there + path)) == {"1"}
    assert write(there, "POST", at(there + path), TWO).status == 204
    assert values(there, path) == {"1", "2"}
    assert query(there, "SELECT ?g { GRAPH ?g { ?s <x:p> 1 } }").rows() == [{"g": there + path}]
    assert delete(there, path).status == 204
    assert read(there, at(there + path)).status == 404


def test_urls_of_different_graphs_are_never_one(there: str) -> None:
    paths = [
        f"/graphs/{name}" for name in ("a", "b", "a%7Cb", "a%7Bb", "a%5Eb", "%22", "%60", "A", "a/", "a%2F")
    ]
    for number, path in enumerate(paths):
        assert write(there, "PUT", path, f"<x:s> <x:p> {number} .").status == 201, path
    for number, path in enumerate(paths):
        assert values(there, path) == {str(number)}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path",
    [f"{at()}&default", f"{at()}&{urlencode({'graph': 'x:h'})}",
     "/graphs/direct?default", f"/graphs/direct?graph={G}", "/graphs?graph=", "/graphs?graph=relative",
     "/graphs?graph=no%20iri", "/graphs?graph=a%3Ab%3Ec"],
)  # fmt: skip
def test_what_names_no_graph_or_two_is_a_400(there: str, method: str, path: str) -> None:
    media_type = UPDATE if method == "PATCH" else TURTLE
    body = (
        None
        if method in ("GET", "HEAD", "DELETE")
        else "INSERT DATA { <x:s> <x:p> 1 }"
        if method == "PATCH"
        else ONE
    )
    reply = send(there, path, method, body, Content_Type=media_type, **KEY)
    assert reply.status == 400
    assert reply.media_type == PROBLEM
    assert send(there, "/graphs").body == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_the_store_itself_is_neither_replaced_nor_dropped(there: str, method: str) -> None:
    assert (
        write(
            there, method, "/graphs", ONE if method == "PUT" else "", UPDATE if method == "PATCH" else TURTLE
        ).status
        == 400
    )


# --- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [(TURTLE, TURTLE), ("application/n-triples", "application/n-triples"), ("application/rdf+xml",) * 2,
     ("application/ld+json",) * 2, ("application/trig",) * 2, ("application/n-quads",) * 2, ("*/*", TURTLE),
     ("text/html, application/rdf+xml;q=0.9", "application/rdf+xml")],
)  # fmt: skip
def test_a_graph_comes_in_every_format(there: str, accept: str, media_type: str) -> None:
    write(there, "PUT", at(), "<x:s> <x:p> 'αvβ3'@el .")
    reply = read(there, at(), accept)
    assert (reply.status, reply.media_type) == (200, media_type)
    rdf_format = RdfFormat.from_media_type(media_type)
    assert {str(quad.object) for quad in parse(reply.body, rdf_format)} == {'"αvβ3"@el'}


def test_a_format_that_there_is_not_is_a_406(there: str) -> None:
    for path in (at(None), "/graphs"):
        reply = read(there, path, "image/png")
        assert (reply.status, problem(reply)["title"]) == (406, "Not acceptable")


@pytest.mark.parametrize("media_type", ["application/n-quads", "application/trig", "application/ld+json"])
def test_the_whole_dataset_comes_in_a_format_that_names_graphs(there: str, media_type: str) -> None:
    write(there, "PUT", at())
    write(there, "PUT", at(None), TWO)
    reply = read(there, "/graphs", media_type)
    assert (reply.status, reply.media_type) == (200, media_type)
    found = {
        (str(q.graph_name), str(q.object.value))
        for q in parse(reply.body, RdfFormat.from_media_type(media_type))
    }
    assert found == {(f"<{G}>", "1"), ("DEFAULT", "2")}
    assert read(there, "/graphs", "text/turtle").status == 406


def test_what_is_uploaded_comes_back_whole(shipped: str) -> None:
    whole = read(shipped, "/graphs", "application/n-quads")
    claims = read(shipped, at(CLAIMS_GRAPH.value))
    assert whole.headers["Content-Length"] or whole.headers["Transfer-Encoding"] == "chunked"
    quads = [quad for quad in parse(whole.body, RdfFormat.N_QUADS) if quad.graph_name == CLAIMS_GRAPH]
    assert len(quads) == len(list(parse(claims.body, RdfFormat.N_TRIPLES))) > 1000
    assert (
        write(shipped, "PUT", at(f"{BASE}graph/user/copy"), claims.body, "application/n-triples").status
        == 201
    )
    copy = read(shipped, at(f"{BASE}graph/user/copy"))
    assert sorted(copy.body.splitlines()) == sorted(claims.body.splitlines())
    assert delete(shipped, at(f"{BASE}graph/user/copy")).status == 204


def test_a_graph_need_not_be_sent_again_until_something_changes(there: str) -> None:
    write(there, "PUT", at())
    first = send(there, at())
    tag = first.headers["ETag"]
    assert send(there, at(), If_None_Match=tag).status == 304
    assert send(there, at(), "HEAD", If_None_Match=tag).status == 304
    others = [
        send(there, at(None)),
        send(there, "/graphs"),
        send(there, at(), Accept="application/n-triples"),
    ]
    assert tag not in [reply.headers["ETag"] for reply in others]
    write(there, "POST", at(), TWO)
    assert send(there, at(), If_None_Match=tag).status == 200


def test_what_was_read_is_changed_only_while_it_is_so(there: str) -> None:
    write(there, "PUT", at())
    tag = send(there, at()).headers["ETag"]
    assert write(there, "POST", at(), TWO, If_Match='"stale"').status == 412
    assert write(there, "PUT", at(), TWO, If_Match=f'"stale", {tag}').status == 204
    for method in ("PUT", "POST", "DELETE"):
        assert write(there, method, at(), If_Match=tag).status == 412, method
    other = send(there, at(), Accept="application/n-triples").headers["ETag"]
    assert write(there, "DELETE", at(), If_Match=other).status == 204
    assert send(there, at()).status == 404


def test_a_graph_is_made_only_once_or_changed_only_where_it_is(there: str) -> None:
    assert write(there, "PUT", at(), If_Match="*").status == 412
    assert write(there, "PUT", at(), If_None_Match="*").status == 201
    refused = write(there, "PUT", at(), TWO, If_None_Match="*")
    assert (refused.status, refused.json()["title"]) == (412, "Precondition failed")
    assert write(there, "PUT", at(), TWO, If_Match="*").status == 204
    tag = send(there, at()).headers["ETag"]
    assert write(there, "PUT", at(), If_None_Match=tag).status == 412


def test_of_changes_to_one_version_one_is_made(there: str) -> None:
    write(there, "PUT", at())
    tag = send(there, at()).headers["ETag"]
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(write, there, "POST", at(), f"<x:{n}> <x:p> 1 .", If_Match=tag) for n in range(8)]
        statuses = [each.result().status for each in made]
    assert sorted(statuses) == [204] + [412] * 7


def test_a_tag_of_a_graph_that_was_dropped_finds_none(there: str) -> None:
    write(there, "PUT", at())
    tag = send(there, at()).headers["ETag"]
    delete(there, at())
    assert send(there, at(), If_None_Match=tag).status == 404


# --- documents -------------------------------------------------------------------------------------


def multipart(*parts: tuple[str, str, str, str]) -> tuple[bytes, str]:
    """A form of files: the name of the field, that of the file, the media type, the content."""
    body = b""
    for field, name, media_type, content in parts:
        filename = f'; filename="{name}"' if name else ""
        of_type = f"Content-Type: {media_type}\r\n" if media_type else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{field}"{filename}\r\n{of_type}\r\n'
        body += f"{head}{content}\r\n".encode()
    return body + b"--b--\r\n", "multipart/form-data; boundary=b"


@pytest.mark.parametrize("fields", [("one", "two"), ("file", "file")], ids=["two fields", "one field twice"])
def test_a_form_of_files_is_one_graph(there: str, fields: tuple[str, str]) -> None:
    parts = [
        (fields[0], "1.ttl", TURTLE, ONE),
        (fields[1], "2.nt", "application/n-triples", '<x:s> <x:p> "2" .'),
    ]
    assert write(there, "POST", at(), *multipart(*parts)).status == 201
    assert values(there, at()) == {"1", "2"}


def test_a_form_with_a_part_that_is_no_file_is_refused_whole(there: str) -> None:
    parts = [("one", "1.ttl", TURTLE, ONE), ("two", "", TURTLE, TWO)]
    assert write(there, "POST", at(), *multipart(*parts)).status == 400
    assert write(there, "POST", at(), *multipart()).status == 400
    assert read(there, at()).status == 404


def test_a_form_with_one_broken_file_is_refused_whole(there: str) -> None:
    parts = [("one", "1.ttl", TURTLE, ONE), ("two", "2.ttl", TURTLE, "oops")]
    assert write(there, "POST", at(), *multipart(*parts)).status == 400
    assert write(there, "POST", at(), *multipart(("one", "1.ttl", "", ONE))).status == 415
    many = [(f"f{n}", f"{n}.ttl", TURTLE, ONE) for n in range(101)]
    assert write(there, "POST", at(), *multipart(*many)).status == 400
    assert write(there, "POST", at(), *multipart(*many[:100])).status == 201


@pytest.mark.parametrize(
    "media_type", ["text/html", "application/x-www-form-urlencoded", "nonsense", "image/png"]
)
def test_what_is_no_rdf_is_a_415(there: str, media_type: str) -> None:
    assert write(there, "PUT", at(), ONE, media_type).status == 415
    assert read(there, at()).status == 404


def test_a_document_of_no_media_type_is_a_415(there: str) -> None:
    assert send(there, at(), "PUT", ONE, **KEY).status == 415


def test_a_syntax_error_has_its_line(there: str) -> None:
    document = problem(write(there, "PUT", at(), f"{ONE}\noops"))
    assert (document["status"], document["title"], document["line"]) == (400, "Syntax error", 2)
    assert read(there, at()).status == 404


def test_a_document_that_names_graphs_is_a_400(there: str) -> None:
    assert write(there, "PUT", at(), f"<x:h> {{ {ONE} }}", "application/trig").status == 400
    assert send(there, "/graphs").body == b""


def test_relative_iris_are_resolved_against_the_graph(there: str) -> None:
    write(there, "PUT", "/graphs/a/b", "<c> <x:p> <> .")
    assert {(str(q.subject), str(q.object)) for q in triples(there, "/graphs/a/b")} == {
        (f"<{there}/graphs/a/c>", f"<{there}/graphs/a/b>")
    }
    write(there, "PUT", at(), "<c> <x:p> <> .")
    assert {str(q.subject) for q in triples(there, at())} == {"<http://example.org/c>"}


def test_a_document_over_the_limit_is_a_413_and_the_connection_ends(there: str) -> None:
    line = "<x:s> <x:p> '" + "x" * 80 + "%d' .\n"
    small = "".join(line % n for n in range(8_000))
    assert len(small) < 1024 * 1024
    assert write(there, "PUT", at(), small).status == 201
    large = small + "#" + "x" * (1024 * 1024 - len(small))
    reply = write(there, "PUT", at(), large)
    assert (reply.status, problem(reply)["status"]) == (413, 413)
    assert len(triples(there, at())) == 8_000


def test_a_document_in_chunks_is_read_and_one_without_end_refused(there: str) -> None:
    address = urlsplit(there)
    head = (
        f"PUT {at()} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {TURTLE}\r\n"
        "Authorization: Bearer s3cret\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:  # type: ignore[arg-type]
        connection.sendall(f"{head}{len(ONE):x}\r\n{ONE}\r\n0\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 201")
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:  # type: ignore[arg-type]
        chunk = f"10000\r\n{'#' * 65536}\r\n".encode()
        try:
            connection.sendall(head.encode())
            for _ in range(40):
                connection.sendall(chunk)
        except ConnectionError:
            pass  # refused before its end
        else:
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
    assert values(there, at()) == {"1"}


def test_a_compressed_document_is_unpacked_or_refused_by_name(there: str) -> None:
    reply = send(there, at(), "PUT", b"\x1f\x8b", Content_Type=TURTLE, Content_Encoding="gzip", **KEY)
    assert reply.status in (400, 415)
    assert read(there, at()).status == 404


# --- what is shipped -------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [None, CLAIMS_GRAPH.value, INFERRED_GRAPH.value, f"{BASE}graph/new"])
def test_what_is_shipped_is_read_only(shipped: str, graph: str | None) -> None:
    for method in ("PUT", "POST"):
        assert problem(write(shipped, method, at(graph)))["title"] == "Read-only graph"


def test_a_shipped_graph_is_not_dropped(shipped: str) -> None:
    for graph in (CLAIMS_GRAPH.value, INFERRED_GRAPH.value):
        assert delete(shipped, at(graph)).status == 403
        assert read(shipped, at(graph)).status == 200


def test_an_upload_that_contradicts_is_a_409_with_its_proof(shipped: str) -> None:
    body = f"<{BASE}subunit/ITGAV> a <{BASE}schema/BetaSubunit> ."
    document = problem(write(shipped, "PUT", at(f"{BASE}graph/user/g"), body))
    assert (document["status"], bool(document["clashes"])) == (409, True)
    assert read(shipped, at(f"{BASE}graph/user/g")).status == 404


def test_an_upload_of_an_ontology_classifies(shipped: str) -> None:
    graph = at(f"{BASE}graph/user/ontology")
    below = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
    body = f"<x:Mine> <{below}> <{BASE}schema/Therapeutic> . <x:i> a <x:Mine> ."
    assert write(shipped, "PUT", graph, body).status == 201
    assert query(shipped, "ASK { <x:i> a ikg:Therapeutic }").json()["boolean"] is True
    assert delete(shipped, graph).status == 204
    assert query(shipped, "ASK { <x:i> a ikg:Therapeutic }").json()["boolean"] is False


def test_a_graph_on_a_page_elsewhere_is_readable(there: str) -> None:
    reply = send(there, at(None), Origin="http://elsewhere.example")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
