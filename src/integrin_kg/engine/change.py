"""Making a change: evaluated, checked against the ontology and kept, whole or not at all.

Runs in a process of its own, a copy of the host's, that becomes the next host if all goes well and
ends if not; nobody sees a state between.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from integrin_kg.backward import Derivation, RuleExplosion
from integrin_kg.classify import DescriptionError, refuse_bad_xml
from integrin_kg.engine import sandbox
from integrin_kg.engine.evaluation import refuse_escape, syntax_problem
from integrin_kg.engine.messages import Change, Drop, Patch, Problem, Update, Upload, not_met
from integrin_kg.engine.reach import Step, data_of, foreseen
from integrin_kg.engine.state import Snapshot, State
from integrin_kg.engine.tokens import keywords
from integrin_kg.engine.updates import carry_out, with_dataset
from integrin_kg.explain import Explainer
from integrin_kg.kept import Difference, KeptError
from integrin_kg.knowledge import with_axioms
from integrin_kg.ontology import OntologyError
from integrin_kg.reason import Reasoner
from integrin_kg.rules import RuleSet, compile_rules, is_axiomatic
from integrin_kg.vocab import INFERRED_GRAPH

_REFUSALS = {"does not exist": 404, "already exists": 409, "is not supported": 501}

T = TypeVar("T")
Report = dict[str, Any]


@dataclass(frozen=True)
class _Consequences:
    """What follows, or no longer does, and how the rules changed where they did."""

    added: frozenset[Triple] = frozenset()
    removed: frozenset[Triple] = frozenset()
    rules: Report | None = None


def make(state: State, change: Change, documents: Sequence[IO[bytes]], stack: int) -> Report:
    """Make ``change``, with the ``documents`` that it uploads, on ``state``; return what it did.

    What a client wrote is evaluated on a stack of ``stack`` bytes. Raises :class:`Problem`, and then
    ``state`` is spoilt: the process is to end.
    """
    existed = met(state, change)
    before, after = on_stack(stack, lambda: evaluated(state, change, documents))
    difference = after - before
    refuse_forbidden(state, difference)
    reasons = difference and state.reasoner is not None
    consequences = _reason(state, difference) if reasons else _Consequences()
    if after.inferred != before.inferred:
        _refuse_pretence(state)
    if difference:
        _keep(state, difference)
    report: Report = {
        "version": str(state.version),
        "existed": existed,
        "added": len(difference.added),
        "removed": len(difference.removed),
        "inferred": {"added": len(consequences.added), "removed": len(consequences.removed)},
    }
    return report | ({"rules": consequences.rules} if consequences.rules else {})


def on_stack(size: int, work: Callable[[], T]) -> T:
    """The result of ``work``, done in a thread with a stack of ``size`` bytes: deep nesting overflows
    the main thread's."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 (raised again below, in the thread that waits)
            traceback.clear_frames(error.__traceback__)  # an iterator of a store may end in its thread only
            errors.append(error)

    threading.stack_size(size)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    threading.stack_size(0)
    for error in errors:
        raise error
    return results[0]


# ---- evaluating -----------------------------------------------------------------------------------


def met(state: State, change: Change) -> bool:
    """Return whether the graph of ``change`` is there; :class:`Problem` where that, or the version, is not
    what the change is to be made to."""
    if isinstance(change, Update):
        return True
    # There always is a default graph.
    existed = change.graph is None or state.store.contains_named_graph(NamedNode(change.graph))
    if change.version not in ("", str(state.version)) or change.existing not in (None, existed):
        raise not_met()
    return existed


def evaluated(state: State, change: Change, documents: Sequence[IO[bytes]]) -> tuple[Snapshot, Snapshot]:
    """What is stated before and after ``change``, as far as it can make a difference."""
    if isinstance(change, Update):
        _refuse_escape(change)
        if steps := foreseen(_with_dataset(state, change), change.base):
            return _step_by_step(state, steps)
        _refuse_other_grammar(change)
    graphs = None if isinstance(change, Update) else {_graph(change.graph)}
    before = state.snapshot(graphs)
    _evaluate(state, change, documents)
    return before, state.snapshot(graphs)


def _step_by_step(state: State, steps: Iterable[Step]) -> tuple[Snapshot, Snapshot]:
    seen, before = Store(), state.snapshot(())
    for step in steps:
        with _problems():
            reached = {quad for quad in step.reach(state.store) if quad not in seen}
            before = before.seeing(state.snapshot_of(reached))
            seen.extend(reached)
            step.make(state.store)
    return before, state.snapshot_of(seen)


def touched_by(change: Change) -> set[Any] | None:
    """The graphs that ``change`` can touch; None where only making it tells."""
    if not isinstance(change, Update):
        return {_graph(change.graph)}
    with _problems():
        data = data_of(change.text, change.base)
    return None if data is None else {quad.graph_name for quad in data}


def _evaluate(state: State, change: Change, documents: Sequence[IO[bytes]]) -> None:
    if isinstance(change, Update):
        _run(state.store, _with_dataset(state, change), change.base)
    elif isinstance(change, Upload):
        _upload(state.store, change, documents)
    elif isinstance(change, Patch):
        _patch(state.store, change)
    else:
        _drop(state.store, change)


def _refuse_escape(change: Update | Patch) -> None:
    # Where the process cannot open a socket LOAD fails by itself, and LOAD SILENT succeeds without
    # effect, as SPARQL 1.1 Update, section 3.1.4, has it.
    words = ["SERVICE"] if sandbox.closed() else ["SERVICE", "LOAD"]
    refuse_escape(change.text, lambda other: carry_out(other, Store(), change.base), *words)


def _refuse_other_grammar(change: Update) -> None:
    """Raise :class:`Problem` where ``change`` does not parse, before anything is looked at, with the place in
    what the client wrote."""
    try:
        _run(Store(), change.text, change.base)
    except Problem as problem:
        if "line" in problem.further:
            raise


def _run(store: Store, text: str, base: str | None) -> None:
    with _problems():
        carry_out(text, store, base)


@contextmanager
def _problems() -> Iterator[None]:
    """Raise, for what the engine refuses, the :class:`Problem` that says so."""
    try:
        yield
    except SyntaxError as error:
        raise syntax_problem(str(error)) from error
    except OSError as error:
        detail = f"LOAD would leave this server, which its operator has not allowed ({error})."
        raise Problem(403, "Federated query refused", detail) from error
    except (ValueError, RuntimeError) as error:
        said = str(error)
        status = next((status for words, status in _REFUSALS.items() if said.endswith(words)), 422)
        raise Problem(status, "Update refused", said) from error


def _with_dataset(state: State, change: Update) -> str:
    """The text of ``change`` with the dataset that the request names (SPARQL 1.1 Protocol, 2.2.3), or,
    where nobody names any, the one that queries see."""
    named_by_request = bool(change.default_graphs or change.named_graphs)
    named_by_text = bool({"USING", "WITH"} & set(keywords(change.text)))
    if named_by_request and named_by_text:
        raise Problem(
            400, "Two datasets", "Both the request (using-graph-uri) and its text (USING, WITH) name one."
        )
    if named_by_request:
        return with_dataset(change.text, change.default_graphs, change.named_graphs)
    if named_by_text or not state.union:
        return change.text
    every = [graph.value for graph in state.store.named_graphs() if isinstance(graph, NamedNode)]
    return with_dataset(change.text, every, every)


def _graph(name: str | None) -> NamedNode | DefaultGraph:
    return DefaultGraph() if name is None else NamedNode(name)


def _upload(store: Store, change: Upload, documents: Sequence[IO[bytes]]) -> None:
    graph = _graph(change.graph)
    if change.replace:
        store.clear_graph(graph)
    if isinstance(graph, NamedNode):
        store.add_graph(graph)
    for media_type, document in zip(change.media_types, documents, strict=True):
        rdf_format = RdfFormat.from_media_type(media_type)
        if rdf_format is None:
            raise Problem(415, "Unsupported media type", f"{media_type!r} is no media type of RDF.")
        content = document.read()
        try:
            refuse_bad_xml(content, rdf_format)
            quads = parse(content, rdf_format, base_iri=change.base, rename_blank_nodes=True)
            store.extend(_in_graph(quads, graph))
        except DescriptionError as error:
            raise Problem(400, "Document refused", str(error)) from error
        except SyntaxError as error:
            place = {"line": error.lineno, "column": error.offset} if error.lineno else {}
            raise Problem(400, "Syntax error", error.msg or str(error), **place) from error
        except ValueError as error:
            raise Problem(400, "Document refused", str(error)) from error


def _in_graph(quads: Iterable[Quad], graph: NamedNode | DefaultGraph) -> Iterable[Quad]:
    for quad in quads:
        if quad.graph_name != DefaultGraph():
            raise ValueError(f"it names a graph ({quad.graph_name}): one graph is written to at a time")
        yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _patch(store: Store, change: Patch) -> None:
    graph = _graph(change.graph)
    if isinstance(graph, NamedNode) and not store.contains_named_graph(graph):
        raise Problem(404, "No such graph", f"There is no graph <{change.graph}>.")
    alone = Store()
    held = store.quads_for_pattern(None, None, None, graph)
    alone.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in held)
    _refuse_escape(change)
    _run(alone, change.text, change.base)
    if any(True for _ in alone.named_graphs()):
        raise Problem(422, "Another graph", "A patch is of one graph; it names none.")
    store.clear_graph(graph)
    store.extend(Quad(q.subject, q.predicate, q.object, graph) for q in alone)


def _drop(store: Store, change: Drop) -> None:
    graph = _graph(change.graph)
    if isinstance(graph, DefaultGraph):
        store.clear_graph(graph)
    elif store.contains_named_graph(graph):
        store.remove_graph(graph)
    else:
        raise Problem(404, "No such graph", f"There is no graph <{change.graph}>.")


def refuse_forbidden(state: State, difference: Difference) -> None:
    touched: set[Any] = {quad.graph_name for quad in difference.added | difference.removed}
    for graph in sorted(touched | difference.graphs_added | difference.graphs_removed, key=str):
        if not state.may_change(graph):
            name = "the default graph" if isinstance(graph, DefaultGraph) else str(graph)
            detail = f"It would change {name}; write to <https://w3id.org/integrin-kg/graph/user/NAME>."
            raise Problem(403, "Read-only graph", detail)


def _refuse_pretence(state: State) -> None:
    """Raise :class:`Problem` where a change that wrote to the graph of inferred statements, as one that
    drops all does, has left there anything but what follows."""
    assert state.reasoner is not None
    due = Store()
    due.extend(state.reasoner.quads())
    if set(due) != state.inferred():
        raise pretence()


def pretence() -> Problem:
    """Return the problem of a change that would have something follow, or not, that does not, or does."""
    detail = f"It would change {INFERRED_GRAPH}: change what that follows from instead."
    return Problem(403, "Read-only graph", detail)


# ---- reasoning ------------------------------------------------------------------------------------


def _reason(state: State, difference: Difference) -> _Consequences:
    """Draw the consequences of ``difference`` in ``state``; :class:`Problem` where it contradicts the
    ontology, explodes or is no ontology."""
    reasoner = state.reasoner
    assert reasoner is not None
    gone = {
        q.triple for q in filter(state.is_premise, difference.removed) if not state.still_stated(q.triple)
    }
    new = {q.triple for q in filter(state.is_premise, difference.added) if not reasoner.is_asserted(q.triple)}
    with unreasonable():
        axioms = any(map(is_axiomatic, new | gone))
        found = _recompile(state) if axioms else _follow(reasoner, new, gone)
    assert state.explainer
    refuse_clashes(state.explainer, state.explainer.reasoner.clashes)
    inferred = [Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in found.removed]
    for quad in inferred:
        state.store.remove(quad)
    state.store.extend(Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in found.added)
    return found


def _follow(reasoner: Reasoner, new: set[Triple], gone: set[Triple]) -> _Consequences:
    fallen, risen = reasoner.retract(gone), reasoner.add(new)
    added = (fallen.added - risen.removed) | (risen.added - fallen.removed)
    removed = (fallen.removed - risen.added) | (risen.removed - fallen.added)
    return _Consequences(added, removed)


def _recompile(state: State) -> _Consequences:
    """Compile the axioms, the users' with ours, and reason anew over everything."""
    assert state.explainer
    before = frozenset(state.explainer.reasoner.triples())
    stated = set(state.stated())
    rules = compile_rules(with_axioms(state.ontology, stated))
    reasoner = Reasoner(rules.rules, state.explainer.reasoner.limits)
    reasoner.add(stated)
    told = rules_told(state.rules, rules)
    state.rules, state.explainer = rules, Explainer(reasoner, state.explainer.support)
    after = frozenset(reasoner.triples())
    return _Consequences(after - before, before - after, told)


def rules_told(before: RuleSet, after: RuleSet) -> Report:
    """Return how the rules changed, and which axioms came that are for a DL reasoner."""
    known = {rule.words for rule in before.rules}
    compiled = {rule.words for rule in after.rules}
    return {
        "added": sorted(compiled - known),
        "removed": sorted(known - compiled),
        "forTheDLReasoner": [axiom for axiom in after.beyond if axiom not in before.beyond],
    }


@contextmanager
def unreasonable() -> Iterator[None]:
    """Raise, for a change that cannot be reasoned over, the :class:`Problem` that says why."""
    try:
        yield
    except RuleExplosion as error:
        raise Problem(422, "Too much follows", str(error)) from error
    except OntologyError as error:
        raise Problem(422, "Not an ontology", str(error)) from error


def refuse_clashes(explainer: Explainer[Any], clashes: Sequence[Derivation]) -> None:
    """Raise :class:`Problem`, with the proofs, where there are ``clashes``."""
    if not clashes:
        return
    words = "; ".join(sorted({clash.rule.words for clash in clashes}))
    documents = [explainer.clash(clash) for clash in clashes]
    raise Problem(409, "Contradiction", f"It contradicts the ontology: {words}.", clashes=documents)


def _keep(state: State, difference: Difference) -> None:
    state.version = state.version.next()
    if state.kept is None:
        return
    try:
        state.kept.commit(difference, state.version.serial, state.shipped)
    except KeptError as error:
        raise Problem(507, "Not kept", str(error)) from error
