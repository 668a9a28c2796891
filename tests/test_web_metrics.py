"""``/metrics``: what is counted, and that no client can make it grow."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask, Response
from prometheus_client.parser import text_string_to_metric_families

from integrin_kg.web import compression, metrics
from integrin_kg.web.metrics import CAUSES, EngineState
from loopback import Client, connect, send, served

STATE = EngineState(queued=3, refused=7, workers_alive=4, graph_version=12, killed={"deadline": 2})
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def application(state: EngineState | None = STATE) -> Flask:
    """An application with metrics, and with routes that behave in their several ways."""
    app = Flask(__name__)
    app.test_client_class = Client
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    app.config["go_on"] = threading.Event()
    metrics.register(app, lambda: state)
    compression.register(app)

    @app.route("/sparql", methods=["GET", "POST"])
    def sparql() -> str:
        return "x" * 5000

    @app.get("/thing/<name>")
    def thing(name: str) -> str:
        return name

    @app.get("/slow")
    def slow() -> Response:
        def chunks() -> Iterator[bytes]:
            yield b"first"
            app.config["go_on"].wait(20)
            yield b"last"

        return Response(chunks())

    @app.get("/breaks")
    def breaks() -> Response:
        def chunks() -> Iterator[bytes]:
            yield b"first"
            raise ConnectionError("lost")

        return Response(chunks())

    return app


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(app: Flask) -> Samples:
    return samples(app.test_client().get("/metrics").text)


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"integrin_kg_{name}", frozenset(labels.items())))


def test_requests_are_counted_by_route_form_and_status() -> None:
    app = application()
    client = app.test_client()
    for _ in range(2):
        client.get("/sparql", query_string={"query": "PREFIX x: <http://x/> ASK {}"})
    client.post("/sparql", data={"query": "construct where {}"})
    client.post("/sparql", data="SELECT * {}", content_type="application/sparql-query")
    client.put("/sparql")
    found = read(app)
    assert value(found, "requests_total", route="/sparql", form="ASK", status="200") == 2
    assert value(found, "requests_total", route="/sparql", form="CONSTRUCT", status="200") == 1
    assert value(found, "requests_total", route="/sparql", form="SELECT", status="200") == 1
    assert value(found, "requests_total", route="none", form="none", status="405") == 1
    assert value(found, "request_seconds_count", form="ASK") == 2


def test_a_query_in_gzip_has_its_form_wherever_compression_is_registered() -> None:
    app = application()
    body = gzip.compress(b"DESCRIBE <http://x/>")
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/sparql-query"}
    assert app.test_client().post("/sparql", data=body, headers=headers).status_code == 200
    assert value(read(app), "requests_total", route="/sparql", form="DESCRIBE", status="200") == 1


def test_bytes_are_those_sent_and_a_heads_are_none() -> None:
    app = application()
    client = app.test_client()
    sent = len(client.get("/sparql", headers={"Accept-Encoding": "gzip"}).data)
    assert 0 < sent < 5000
    client.head("/sparql")
    assert value(read(app), "answer_bytes_total", route="/sparql", form="none") == sent


def test_no_label_comes_from_a_client() -> None:
    app = application()
    client = app.test_client()

    def everything(mark: str) -> None:
        client.get(f"/no/{mark}")
        client.get(f"/thing/{mark}", headers={"User-Agent": mark, "X-Request-Id": mark})
        client.get("/sparql", query_string={"query": f"{mark} {{}}"})
        client.get("/sparql", query_string={"query": f"SELECT ?{mark} {{}}"})
        client.open("/sparql", method=f"M{mark}")

    read(app)
    everything("one")
    before = set(read(app))
    assert (
        "integrin_kg_requests_total",
        frozenset({"route": "none", "form": "none", "status": "404"}.items()),
    ) in before
    for number in range(30):
        everything(f"mark{number}")
    assert set(read(app)) == before
    assert not any("mark" in label for _, labels in before for _, label in labels)


def test_an_answer_is_in_flight_until_its_last_byte() -> None:
    app = application()
    with served(app) as url, closing(connect(url)) as connection:
        connection.request("GET", "/slow")
        response = connection.getresponse()
        assert response.read(5) == b"first"
        assert value(read(app), "requests_in_flight") == 2  # and the one that asks
        app.config["go_on"].set()
        assert response.read() == b"last"
        assert served_until(app, "/slow")
        assert value(read(app), "requests_in_flight") == 1


def test_who_reads_the_metrics_slowly_holds_up_no_request() -> None:
    exchanges = metrics.ExchangeMetrics()
    reading = exchanges.collect()
    next(reading)
    request = threading.Thread(target=exchanges.began, args=[None], daemon=True)
    request.start()
    request.join(5)
    assert not request.is_alive()


def served_until(app: Flask, route: str) -> bool:
    """Whether the request is counted: after the last byte was given, hence maybe after it was read."""
    for _ in range(10_000):
        if value(read(app), "requests_total", route=route, form="none", status="200"):
            return True
    return False


def test_an_answer_that_broke_off_is_counted_as_such() -> None:
    app = application()
    with served(app) as url, pytest.raises(Exception, match="IncompleteRead"):
        send(url, "/breaks")
    assert served_until(app, "/breaks")
    found = read(app)
    assert value(found, "answers_broken_total", route="/breaks", form="none") == 1
    assert value(found, "requests_in_flight") == 1


def test_the_engines_state_is_shown_with_every_cause_from_the_start() -> None:
    found = read(application())
    assert value(found, "engine_up") == 1
    assert value(found, "queue_length") == 3
    assert value(found, "queries_refused_total") == 7
    assert value(found, "workers_alive") == 4
    assert value(found, "graph_version") == 12
    killed = {cause: value(found, "workers_killed_total", cause=cause) for cause in CAUSES}
    assert killed == {"deadline": 2, "memory": 0, "crash": 0, "client gone": 0}


def test_an_engine_that_does_not_answer_is_down_and_says_nothing_else() -> None:
    found = read(application(state=None))
    assert value(found, "engine_up") == 0
    assert value(found, "workers_alive") is None


def test_two_applications_share_no_number() -> None:
    one, other = application(), application()
    one.test_client().get("/thing/x")
    assert value(read(other), "requests_total", route="/thing/<name>", form="none", status="200") is None


def test_the_service_serves_its_metrics(server: str) -> None:
    send(server, "/sparql?query=ASK%7B%7D")
    reply = send(server, "/metrics")
    assert (reply.status, reply.headers.get_content_type()) == (200, "text/plain")
    assert reply.headers["Cache-Control"] == "no-store"
    assert value(samples(reply.body.decode()), "requests_total", route="/sparql", form="ASK", status="200")
