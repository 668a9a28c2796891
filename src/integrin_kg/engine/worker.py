"""A worker: takes queries one after another, and is meant to be killed by a bad one."""

from __future__ import annotations

import io
import json
import os
import selectors
import signal
import socket
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, Any, cast

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple

from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.engine import sandbox
from integrin_kg.engine.evaluation import evaluate, write
from integrin_kg.engine.messages import (
    DATA,
    HEAD,
    MAX_REQUEST,
    PROBLEM,
    WORKER,
    Classify,
    Explain,
    Problem,
    Query,
    ReadGraph,
    Task,
    decode,
    receive,
    send,
    send_file,
)
from integrin_kg.engine.state import State
from integrin_kg.engine.tokens import mentions
from integrin_kg.explain import Document, Explainer
from integrin_kg.reason import RuleExplosion
from integrin_kg.vocab import PREFIXES

_REQUEST_TIMEOUT = 5.0
_SPARE_PATIENCE = 5.0
_TOO_MUCH = Problem(507, "Out of memory", "The query needs more memory than one query may have.")


@dataclass(frozen=True)
class Limits:
    """What a worker may use: bytes of memory above its start (``change_memory`` where it makes a
    change), bytes of answer, bytes of answer that are held in memory before it goes to the disk, bytes of
    stack, queries before it makes room for a fresh one."""

    memory: int = 1024 * 1024 * 1024
    change_memory: int = 4 * 1024 * 1024 * 1024
    output: int = 512 * 1024 * 1024
    held: int = 4 * 1024 * 1024
    stack: int = 64 * 1024 * 1024
    queries: int = 2000


def run(state: State, listener: socket.socket, door: int, limits: Limits, *, spare: bool = False) -> None:
    """Serve tasks from ``listener`` until ``limits.queries`` are done, ``door`` is closed and none is
    waiting, or, for a ``spare`` one, none has come for a while."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    sandbox.limit_memory(limits.memory + limits.stack)
    # Deep nesting overflows the main thread's 8 MB, which only the shell before us could enlarge.
    threading.stack_size(limits.stack)
    thread = threading.Thread(target=_serve, args=(state, _Arrivals(listener, door, spare), limits))
    thread.start()
    thread.join()


class _Arrivals:
    """Connections as they come, until there is no reason to wait for more."""

    def __init__(self, listener: socket.socket, door: int, spare: bool) -> None:
        self.listener, self.door = listener, door
        self.patience = _SPARE_PATIENCE if spare else None
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)
        self.selector.register(door, selectors.EVENT_READ)

    def next(self) -> socket.socket | None:
        while True:
            ready = self.selector.select(self.patience)
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:  # another worker was quicker, or the door is closed
                if not ready or any(key.fileobj == self.door for key, _ in ready):
                    return None
                continue
            connection.setblocking(True)
            return connection


def _serve(state: State, arrivals: _Arrivals, limits: Limits) -> None:
    courtesy = os.getpriority(os.PRIO_PROCESS, 0)
    # Where queries may call other endpoints each process answers one, and closes itself off first
    # unless that is what the query does.
    for _ in range(1 if state.services else limits.queries):
        connection = arrivals.next()
        if connection is None:
            return
        with connection:
            try:
                connection.settimeout(_REQUEST_TIMEOUT)
                send(connection, WORKER, str(os.getpid()).encode())
                _, payload = receive(connection, MAX_REQUEST)
                connection.settimeout(None)
                _answer(state, connection, decode(payload), limits)
            except (EOFError, OSError):
                continue  # the client went away: nobody is left to tell
            except MemoryError:
                send(connection, PROBLEM, _TOO_MUCH.encode())
        if os.getpriority(os.PRIO_PROCESS, 0) != courtesy:
            return  # made to yield to others, for a slow query's sake, which is over


def _answer(state: State, connection: socket.socket, task: Task, limits: Limits) -> None:
    # SIGALRM's default action ends the process: no loop in the engine can outlast it.
    signal.setitimer(signal.ITIMER_REAL, task.timeout)
    reply = _Reply(connection, limits, str(state.version))
    if isinstance(task, Query) and task.most is not None:
        reply.most = min(task.most, limits.output)
    if state.services and not (isinstance(task, Query) and mentions(task.text, "SERVICE")):
        sandbox.close()
    try:
        _write_answer(state, task, reply)
    except Problem as problem:
        reply.fail(problem)
    except OSError as error:
        reply.fail(Problem(502, "Service failed", str(error)))
    except MemoryError:
        reply.fail(_TOO_MUCH)
    else:
        reply.finish()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        reply.close()


def _write_answer(state: State, task: Task, reply: _Reply) -> None:
    sink = cast(IO[bytes], reply)
    if isinstance(task, Query):
        results, reply.media_type = evaluate(state.store, task, union=state.union, services=state.services)
        write(results, reply.media_type, sink)
    elif isinstance(task, ReadGraph):
        reply.media_type = task.media_type
        _write_graph(state, task, sink)
    else:
        reply.media_type = "application/json"
        reply.write(json.dumps(_reasoned(state.explainer, task), ensure_ascii=False).encode())


def _write_graph(state: State, task: ReadGraph, sink: IO[bytes]) -> None:
    rdf_format = RdfFormat.from_media_type(task.media_type)
    if task.whole:
        state.store.dump(sink, rdf_format, prefixes=PREFIXES)
        return
    graph = DefaultGraph() if task.graph is None else NamedNode(task.graph)
    if isinstance(graph, NamedNode) and not state.store.contains_named_graph(graph):
        raise Problem(404, "No such graph", f"There is no graph <{task.graph}>.")
    state.store.dump(sink, rdf_format, from_graph=graph, prefixes=PREFIXES)


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
    except RuleExplosion as error:
        raise Problem(422, "Too much follows", str(error)) from error
    except ValueError as error:
        raise Problem(400, "No such triple", str(error)) from error


class _Reply(io.RawIOBase):
    """A writable file that is an answer: sent when it is whole, kept on the disk meanwhile where it is
    large, so that a slow reader holds no worker."""

    def __init__(self, connection: socket.socket, limits: Limits, version: str) -> None:
        super().__init__()
        self.connection, self.limits, self.version = connection, limits, version
        self.media_type = ""
        self.most = limits.output
        self.content = tempfile.SpooledTemporaryFile(max_size=limits.held)  # noqa: SIM115 (closed by close)
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        written = len(memoryview(data))
        self.length += written
        if self.length > self.most:
            raise Problem(413, "Answer too large", f"It has more than {self.most} bytes: add a LIMIT.")
        try:
            self.content.write(data)
        except OSError as error:
            raise Problem(507, "No room for the answer", error.strerror or str(error)) from error
        return written

    def finish(self) -> None:
        head = [self.media_type, self.length, self.version]
        self.content.seek(0)
        send(self.connection, HEAD, json.dumps(head).encode())
        if self.length > self.limits.held:
            send_file(self.connection, self.content.fileno())
        else:
            send(self.connection, DATA, self.content.read())

    def fail(self, problem: Problem) -> None:
        send(self.connection, PROBLEM, problem.encode())

    def close(self) -> None:
        self.content.close()
        super().close()
