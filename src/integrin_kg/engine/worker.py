"""A worker: takes queries one after another, and is meant to be killed by a bad one."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import threading
from dataclasses import dataclass
from typing import IO, Any, cast

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.engine import sandbox
from integrin_kg.engine.messages import (
    DATA,
    END,
    HEAD,
    MAX_REQUEST,
    PROBLEM,
    WORKER,
    Classify,
    Explain,
    Problem,
    Query,
    Task,
    decode,
    receive,
    send,
)
from integrin_kg.engine.tokens import keywords, mentions, with_other_word
from integrin_kg.explain import Document, Explainer
from integrin_kg.vocab import INFERRED_GRAPH, PREFIXES

Results = QuerySolutions | QueryBoolean | QueryTriples

_REQUEST_TIMEOUT = 5.0
_POSITION = re.compile(r"error at (\d+):(\d+): ?")


@dataclass(frozen=True)
class Limits:
    """What a worker may use: bytes of memory above its start, bytes of answer, bytes of answer that
    are held back until it is known whether all goes well, bytes of stack, queries before it makes
    room for a fresh one."""

    memory: int = 1024 * 1024 * 1024
    output: int = 512 * 1024 * 1024
    held: int = 4 * 1024 * 1024
    stack: int = 64 * 1024 * 1024
    queries: int = 2000


@dataclass(frozen=True)
class Knowing:
    """What a worker answers from: a store for queries, and what explains them where there was
    reasoning."""

    store: Store
    explainer: Explainer | None = None


def run(knowing: Knowing, listener: socket.socket, limits: Limits) -> None:
    """Serve tasks from ``listener`` until told to stop, or until ``limits.queries`` are done."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    sandbox.limit_memory(limits.memory + limits.stack)
    sandbox.close()
    # Deep nesting overflows the main thread's 8 MB, which only the shell before us could enlarge.
    threading.stack_size(limits.stack)
    thread = threading.Thread(target=_serve, args=(knowing, listener, limits))
    thread.start()
    thread.join()


def _serve(knowing: Knowing, listener: socket.socket, limits: Limits) -> None:
    for _ in range(limits.queries):
        connection, _ = listener.accept()
        with connection:
            try:
                connection.settimeout(_REQUEST_TIMEOUT)
                send(connection, WORKER, str(os.getpid()).encode())
                _, payload = receive(connection, MAX_REQUEST)
                connection.settimeout(None)
                _answer(knowing, connection, decode(payload), limits)
            except (EOFError, OSError):
                continue  # the client went away: nobody is left to tell


def _answer(knowing: Knowing, connection: socket.socket, task: Task, limits: Limits) -> None:
    # SIGALRM's default action ends the process: no loop in the engine can outlast it.
    signal.setitimer(signal.ITIMER_REAL, task.timeout)
    reply = _Reply(connection, limits)
    try:
        if isinstance(task, Query):
            results, reply.media_type = evaluate(knowing.store, task)
            write(results, reply.media_type, cast(IO[bytes], reply))
        else:
            reply.media_type = "application/json"
            reply.write(json.dumps(_reasoned(knowing.explainer, task), ensure_ascii=False).encode())
        reply.finish()
    except Problem as problem:
        reply.fail(problem)
    except MemoryError:
        reply.fail(Problem(507, "Out of memory", "The query needs more memory than one query may have."))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _reasoned(explainer: Explainer | None, task: Explain | Classify) -> Document:
    if explainer is None:
        raise Problem(409, "Reasoning is off", "This server was started without reasoning.")
    try:
        if isinstance(task, Classify):
            return classify(explainer, read(task.description.encode(), task.media_type))
        s, p, o = (NamedNode(iri) for iri in (task.subject, task.predicate, task.object))
        return explainer.explain(Triple(s, p, o), every=task.every)
    except DescriptionError as error:
        raise Problem(400, "Description refused", str(error)) from error
    except ValueError as error:
        raise Problem(400, "No such triple", str(error)) from error


class _Reply(io.RawIOBase):
    """A writable file whose content goes out in frames, the first of them held back so that an
    answer of moderate size is whole before its status is sent."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        super().__init__()
        self.connection, self.limits = connection, limits
        self.media_type = ""
        self.buffer = bytearray()
        self.sent = 0
        self.started = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        before = len(self.buffer)
        self.buffer += memoryview(data)
        if self.sent + len(self.buffer) > self.limits.output:
            raise Problem(
                413, "Answer too large", f"It has more than {self.limits.output} bytes: add a LIMIT."
            )
        added = len(self.buffer) - before
        if len(self.buffer) > self.limits.held:
            self.release()
        return added

    def release(self, *, whole: bool = False) -> None:
        if not self.started:
            length = len(self.buffer) if whole else None
            send(self.connection, HEAD, json.dumps([self.media_type, length]).encode())
            self.started = True
        send(self.connection, DATA, memoryview(self.buffer))
        self.sent += len(self.buffer)
        self.buffer = bytearray()

    def finish(self) -> None:
        self.release(whole=True)
        send(self.connection, END)

    def fail(self, problem: Problem) -> None:
        # Once part of the answer is out only silence can say that it is not whole.
        if not self.started:
            send(self.connection, PROBLEM, problem.encode())


def evaluate(store: Store, query: Query) -> tuple[Results, str]:
    """Return the results of ``query`` and the media type to write them in.

    Raises :class:`Problem` where it does not parse, is refused, or has no acceptable format.
    """
    _refuse_service(query.text)
    try:
        results = store.query(query.text, prefixes=PREFIXES, **_dataset(store, query))
    except SyntaxError as error:
        raise syntax_problem(str(error)) from error
    except (ValueError, RuntimeError) as error:
        raise Problem(400, "Query refused", str(error)) from error
    is_graph = isinstance(results, QueryTriples)
    media_type = query.triples if is_graph else query.solutions
    if media_type is None:
        form = "a graph" if is_graph else "a table or a yes or no"
        raise Problem(406, "Not acceptable", f"The answer is {form}, and Accept allows no format for one.")
    return results, media_type


def _refuse_service(text: str) -> None:
    if mentions(text, "SERVICE"):
        raise Problem(403, "Federated query refused", "SERVICE would leave this server; it is switched off.")
    other = with_other_word(text, "SERVICE")
    if other == text:
        return
    # The parser also finds the word where no token starts (SERVICESILENT, 5e3SERVICE, ?a<?b)SERVICE?s#>):
    # what still parses with another word in its place holds it in strings and names only.
    try:
        Store().query(other, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_problem(str(error)) from error
    except (ValueError, RuntimeError):
        return  # it parses; what else is wrong the real evaluation says


def _dataset(store: Store, query: Query) -> dict[str, Any]:
    if query.default_graphs or query.named_graphs:
        return {
            "default_graph": [NamedNode(iri) for iri in query.default_graphs],
            "named_graphs": [NamedNode(iri) for iri in query.named_graphs],
        }
    if "FROM" in keywords(query.text):
        return {}  # the query names its own
    if query.reasoning:
        return {"use_default_graph_as_union": True}
    asserted = [graph for graph in store.named_graphs() if graph != INFERRED_GRAPH]
    return {"default_graph": asserted, "named_graphs": asserted}


def write(results: Results, media_type: str, sink: IO[bytes]) -> None:
    """Write ``results`` to ``sink``; :class:`Problem` where evaluating them fails half-way."""
    try:
        if isinstance(results, QueryTriples):
            serialize(results, sink, RdfFormat.from_media_type(media_type), prefixes=PREFIXES)
        else:
            results.serialize(sink, format=QueryResultsFormat.from_media_type(media_type))
    except (ValueError, RuntimeError) as error:
        raise Problem(400, "Query failed", str(error)) from error


def syntax_problem(message: str) -> Problem:
    """Return the problem of a query that does not parse, with line and column.

    >>> syntax_problem("error at 3:2: expected FROM").further
    {'line': 3, 'column': 2}
    """
    match = _POSITION.match(message)
    detail = _POSITION.sub("", message, count=1) or message
    place = {"line": int(match[1]), "column": int(match[2])} if match else {}
    return Problem(400, "Syntax error", detail, **place)
