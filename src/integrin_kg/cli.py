"""The command line, ``integrin-kg``: thin, every command a call into the layer that does it."""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize
from rdflib import Graph

from integrin_kg import files, fmt, referee, resources, settings, table
from integrin_kg.anchors import AnchorError
from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.coverage import broken_anchors, coverage
from integrin_kg.engine.evaluation import evaluate, write
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.explain import Document, NoProofError, as_text, as_turtle, classification_as_text
from integrin_kg.kept import Kept, KeptError, restore
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import Ontology, OntologyError
from integrin_kg.reason import RuleExplosion
from integrin_kg.rules import compile_rules
from integrin_kg.saved import SavedQueryError
from integrin_kg.serve import ServeError, serve
from integrin_kg.spelling import did_you_mean
from integrin_kg.tables import TableError, load
from integrin_kg.text import fold, normalise
from integrin_kg.vocab import BASE, PREFIXES, RDF_TYPE

_FORMATS = {
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv", "text/turtle"),
    "tsv": ("text/tab-separated-values", "text/turtle"),
    "ttl": ("text/csv", "text/turtle"),
    "nt": ("text/csv", "application/n-triples"),
    "table": ("application/sparql-results+json", "text/turtle"),
}


class _NotText(ValueError):
    """A file that is no UTF-8; the message names it."""


_MEANT_TO_BE_READ = (
    AnchorError, ClashError, DescriptionError, KeptError, NoProofError, OntologyError, OSError,
    referee.Refuted, RuleExplosion, SavedQueryError, ServeError, TableError, _NotText,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` give; return the exit status."""
    parsed = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has had enough
        return 0
    except _MEANT_TO_BE_READ as error:
        print(error, file=sys.stderr)
        return 1
    except Problem as problem:
        place = "".join(f", {name} {value}" for name, value in problem.further.items())
        print(f"{problem.title}{place}: {problem.detail}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="integrin-kg", description="The integrin knowledge graph.")
    beside = argparse.ArgumentParser(add_help=False)
    beside.add_argument(
        "--ontology",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an ontology to load beside ours",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="write the graph as files")
    command.add_argument("--output", type=Path, default=Path("build"), help="the folder (default: build)")
    command.set_defaults(run=_build)

    command = commands.add_parser("serve", parents=[beside], help="serve the graph over HTTP")
    settings.add_arguments(command)
    command.set_defaults(run=_serve)

    command = commands.add_parser("query", parents=[beside], help="ask the graph a SPARQL query")
    command.add_argument(
        "query", help="a file (.rq), the name of a saved query, '-' for standard input, or SPARQL"
    )
    command.add_argument("--format", choices=sorted(_FORMATS), default="table")
    command.add_argument(
        "--no-reasoning", dest="reasoning", action="store_false", help="only what is asserted"
    )
    command.set_defaults(run=_query)

    command = commands.add_parser(
        "explain", parents=[beside], help="prove a triple, or say what is missing for it"
    )
    for part in ("subject", "predicate", "object"):
        command.add_argument(part, help="an IRI, full or as prefix:name, path/name or a label")
    command.add_argument("--all", action="store_true", help="every minimal proof, not only the shortest")
    command.add_argument("--format", choices=["text", "json", "ttl"], default="text")
    command.add_argument("--verify", action="store_true", help="have an independent checker replay the proof")
    command.set_defaults(run=_explain)

    command = commands.add_parser(
        "classify", parents=[beside], help="say what would follow from a description in RDF"
    )
    command.add_argument("file", type=Path, help="a file in Turtle, RDF/XML, JSON-LD or N-Triples")
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.set_defaults(run=_classify)

    command = commands.add_parser("check", help="report every error of every table")
    command.add_argument("folder", nargs="?", type=Path, help="an ontology folder (default: the shipped one)")
    command.set_defaults(run=_check)

    command = commands.add_parser("anchors", help="resolve every anchor in the source and report coverage")
    command.add_argument("--source", type=Path, required=True, help="the text of the review")
    command.add_argument(
        "--bare", action="store_true", help="list the sentences that no claim is anchored in"
    )
    command.set_defaults(run=_anchors)

    command = commands.add_parser("backup", help="write what a store keeps to a file; it may be in use")
    command.add_argument("folder", type=Path, help="the folder of serve --store")
    command.add_argument("file", type=Path, help="the file to write, which must not be there")
    command.set_defaults(run=_backup)

    command = commands.add_parser("restore", help="make a store of a backup")
    command.add_argument("file", type=Path, help="what backup wrote")
    command.add_argument("folder", type=Path, help="the folder for serve --store, which must hold no store")
    command.set_defaults(run=_restore)

    command = commands.add_parser("fmt", help="put tables into canonical form")
    command.add_argument("tables", nargs="*", type=Path, help="the tables (default: all of the shipped ones)")
    command.add_argument("--source", type=Path, help="the text to look quoted anchors up in")
    command.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where a table would change"
    )
    command.set_defaults(run=_fmt)
    return parser


def _build(arguments: argparse.Namespace) -> int:
    for path in files.write(Knowledge.assemble(), arguments.output):
        print(path)
    return 0


def _knowledge(arguments: argparse.Namespace, *, reasoning: bool = True) -> Knowledge:
    _tell_what_is_beyond(arguments.ontology)
    return Knowledge.assemble(reasoning=reasoning, beside=arguments.ontology)


def _tell_what_is_beyond(ontologies: list[Path]) -> None:
    for path in ontologies:
        for axiom in compile_rules(Ontology.read(path)).beyond:
            print(f"{path}: this axiom is for the DL reasoner: {axiom}", file=sys.stderr)


def _serve(arguments: argparse.Namespace) -> int:
    _tell_what_is_beyond(arguments.ontology)
    serve(settings.Settings.from_arguments(arguments), arguments.ontology)
    return 0


def _query(arguments: argparse.Namespace) -> int:
    solutions, triples = _FORMATS[arguments.format]
    text = _query_text(arguments.query)
    store = _knowledge(arguments, reasoning=arguments.reasoning).store()
    query = Query(text, solutions, triples, reasoning=arguments.reasoning)
    results, media_type = evaluate(store, query)
    if arguments.format == "table" and media_type == solutions:
        print(table.render(results))
    else:
        write(results, media_type, sys.stdout.buffer)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    knowledge = _knowledge(arguments)
    term = partial(iri_of, knowledge)
    triple = Triple(term(arguments.subject), term(arguments.predicate), term(arguments.object))
    document = knowledge.explainer().explain(triple, every=arguments.all)
    if arguments.verify and document["holds"]:
        _verify(document, knowledge)
    if arguments.format == "json":
        print(json.dumps(document, indent=2, ensure_ascii=False))
    elif arguments.format == "ttl":
        sys.stdout.buffer.write(as_turtle(document))
    else:
        print(as_text(document))
    return 0 if document["holds"] else 1


def _verify(document: Document, knowledge: Knowledge) -> None:
    def graph(triples: Iterable[Triple]) -> Graph:
        data = serialize(set(triples), format=RdfFormat.N_TRIPLES) or b""
        return Graph().parse(data=data, format="nt")

    ontology, asserted = graph(knowledge.ontology.triples), graph(quad.triple for quad in knowledge.asserted)
    for proof in document.get("proofs", [document["proof"]]):
        referee.check(proof, ontology, asserted)
    print("the independent checker accepts the proof", file=sys.stderr)


def _classify(arguments: argparse.Namespace) -> int:
    rdf_format = RdfFormat.from_extension(arguments.file.suffix[1:])
    if rdf_format is None:
        raise DescriptionError(f"{arguments.file}: its suffix is none of RDF (.ttl, .rdf, .jsonld, .nt)")
    description = read(arguments.file.read_bytes(), rdf_format.media_type)
    document = classify(_knowledge(arguments).explainer(), description)
    if arguments.format == "json":
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print(classification_as_text(document))
    return 0 if document["consistent"] else 1


def iri_of(knowledge: Knowledge, given: str) -> NamedNode:
    """Return the IRI that a person means: as it is, as ``prefix:name`` or ``path/name``, ``a``, or
    by its label or name. Raises :class:`NoProofError` where nothing is called that."""
    if "://" in given:
        return NamedNode(given)
    if given in ("a", "is a"):
        return RDF_TYPE
    prefix, colon, local = given.partition(":")
    if colon and prefix in PREFIXES:
        return NamedNode(PREFIXES[prefix] + local)
    if "/" in given:
        return NamedNode(BASE + given)
    names = {fold(name): iri for name, iri in knowledge.names()}
    if fold(given) not in names:
        raise NoProofError(f"nothing is called {given!r}{did_you_mean(given, dict(knowledge.names()))}")
    return names[fold(given)]


def _query_text(given: str) -> str:
    if given == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    saved = resources.queries_folder() / f"{given}.rq"
    path = next(
        (p for p in (Path(given), saved) if given.isprintable() and len(given) < 256 and p.is_file()), None
    )
    if path is None and re.fullmatch(r"[\w./-]+", given):  # SPARQL has a space or a brace somewhere
        names = [saved.stem for saved in resources.queries_folder().glob("*.rq")]
        raise SavedQueryError(f"no file and no saved query {given!r}{did_you_mean(given, names)}")
    return _text(path) if path else given


def _text(path: Path) -> str:
    return _decoded(path.read_bytes(), str(path))


def _decoded(content: bytes, name: str) -> str:
    try:
        return io.TextIOWrapper(io.BytesIO(content), "utf-8").read()  # any line ends
    except UnicodeDecodeError as error:
        raise _NotText(f"{name}: not UTF-8 (byte {error.start})") from error


def _check(arguments: argparse.Namespace) -> int:
    folder = arguments.folder or resources.ontology_folder()
    ontology = Ontology.load(folder)
    try:
        curation = load(folder, ontology)
    except TableError as error:
        print(error)
        print(f"{len(error.problems)} problems", file=sys.stderr)
        return 1
    print(f"{len(curation.entities)} entities and {len(curation.claims)} claims, no problem")
    return 0


def _anchors(arguments: argparse.Namespace) -> int:
    folder = resources.ontology_folder()
    curation = load(folder, Ontology.load(folder))
    source = _text(arguments.source)
    anchored = [claim for claim in curation.claims if claim.anchor]
    problems = broken_anchors(source, anchored)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} of {len(anchored)} anchors do not resolve", file=sys.stderr)
        return 1
    rows = []
    for part in coverage(source, curation):
        share = f"{100 * part.covered / part.length:.0f} %"
        rows.append([part.section.name, str(part.claims), share, str(len(part.bare))])
        for start, end in part.bare if arguments.bare else ():
            rows.append([f"  {start}-{end} {normalise(source[start:end])[:60]}", "", "", ""])
    print(table.aligned(["section", "claims", "covered", "sentences without a claim"], rows))
    print(f"\nall {len(anchored)} anchors resolve")
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    changes = Kept(arguments.folder, found=True).backup(arguments.file)
    print(f"{arguments.file}: {arguments.folder} as it was after change {changes}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    changes = restore(arguments.file, arguments.folder)
    print(f"{arguments.folder}: as it was after change {changes}")
    return 0


def _fmt(arguments: argparse.Namespace) -> int:
    folder = resources.ontology_folder()
    ontology = Ontology.load(folder)
    source = _text(arguments.source) if arguments.source else None
    shipped = sorted((folder / "data").glob("*.tsv"))
    changed = 0
    problems = []
    for path in arguments.tables or shipped:
        siblings = sorted(path.parent.glob("*.tsv"))
        try:
            text = fmt.formatted(path, ontology, fmt.Names.read(siblings), source)
        except TableError as error:
            problems += error.problems
            continue
        if text.encode() != path.read_bytes():
            changed += 1
            print(path)
            if not arguments.check:
                path.write_bytes(text.encode())
    if problems:
        raise TableError(problems)
    return 1 if changed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
