"""The command line, ``integrin-kg``: what can be asked of it. What is done, ``commands/`` says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import integrin_kg
from integrin_kg import settings
from integrin_kg.commands.formats import FORMATS
from integrin_kg.errors import MeantToBeRead

_FOR_ASSISTANTS = ("release", "workers", "concurrency", "query_timeout", "query_memory", "log_level")
_FOR_LOADING = ("store", "update_url", "graph_store_url", "reasoning")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` give; return the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        status: int = import_module(f"integrin_kg.commands.{parsed.command}").run(parsed)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has had enough
        return 0
    except MeantToBeRead as error:
        print(error.message, file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return status


class _Version(argparse.Action):
    """Prints the version, and looks it up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(parser.prog, integrin_kg.__version__)
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="integrin-kg", description="The integrin knowledge graph.")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    beside = argparse.ArgumentParser(add_help=False)
    beside.add_argument(
        "--ontology",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an ontology to load beside ours",
    )
    commands = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="write the graph as files")
    command.add_argument("--output", type=Path, default=Path("build"), help="the folder (default: build)")

    command = commands.add_parser("release", help="write the files that are published with a version")
    command.add_argument("--output", type=Path, default=Path("dist"), help="the folder (default: dist)")

    command = commands.add_parser("serve", parents=[beside], help="serve the graph over HTTP")
    settings.add_arguments(command)

    command = commands.add_parser("mcp", parents=[beside], help="serve the graph to assistants (MCP)")
    settings.add_arguments(command, _FOR_ASSISTANTS)
    command.add_argument(
        "--http", type=int, metavar="PORT", help="over HTTP on 127.0.0.1 and not over stdin and stdout"
    )

    command = commands.add_parser("load", parents=[beside], help="load the graph into another engine")
    settings.add_arguments(command, _FOR_LOADING)

    command = commands.add_parser("query", parents=[beside], help="ask the graph a SPARQL query")
    command.add_argument(
        "query", help="a file (.rq), the name of a saved query, '-' for standard input, or SPARQL"
    )
    command.add_argument("--format", choices=sorted(FORMATS), default="table")
    command.add_argument(
        "--no-reasoning", dest="reasoning", action="store_false", help="only what is asserted"
    )

    command = commands.add_parser(
        "explain", parents=[beside], help="prove a triple, or say what is missing for it"
    )
    for part in ("subject", "predicate", "object"):
        command.add_argument(part, help="an IRI, full or as prefix:name, path/name or a label")
    command.add_argument("--all", action="store_true", help="every minimal proof, not only the shortest")
    command.add_argument("--format", choices=["text", "json", "ttl"], default="text")
    command.add_argument("--verify", action="store_true", help="have an independent checker replay the proof")

    command = commands.add_parser(
        "classify", parents=[beside], help="say what would follow from a description in RDF"
    )
    command.add_argument("file", type=Path, help="a file in Turtle, RDF/XML, JSON-LD or N-Triples")
    command.add_argument("--format", choices=["text", "json"], default="text")

    command = commands.add_parser(
        "check", help="report every error of every table, then everything in the graph that breaks a rule"
    )
    command.add_argument("folder", nargs="?", type=Path, help="an ontology folder (default: the shipped one)")
    command.add_argument(
        "--no-graph", dest="graph", action="store_false", help="only the tables; build no graph"
    )

    command = commands.add_parser("diff", help="say what changed between two releases, term by term")
    for which in ("old", "new"):
        command.add_argument(which, type=Path, help="a release's folder, an RDF file or a list of terms")
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.add_argument("--check", action="store_true", help="exit 1 where a term of the old one vanished")

    command = commands.add_parser("anchors", help="resolve every anchor in the source and report coverage")
    command.add_argument("--source", type=Path, required=True, help="the text of the review")
    command.add_argument(
        "--bare", action="store_true", help="list the sentences that no claim is anchored in"
    )

    command = commands.add_parser("backup", help="write what a store keeps to a file; it may be in use")
    command.add_argument("folder", type=Path, help="the folder of serve --store")
    command.add_argument("file", type=Path, help="the file to write, which must not be there")

    command = commands.add_parser("restore", help="make a store of a backup")
    command.add_argument("file", type=Path, help="what backup wrote")
    command.add_argument("folder", type=Path, help="the folder for serve --store, which must hold no store")

    command = commands.add_parser("fmt", help="put tables into canonical form")
    command.add_argument("tables", nargs="*", type=Path, help="the tables (default: all of the shipped ones)")
    command.add_argument("--source", type=Path, help="the text to look quoted anchors up in")
    command.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where a table would change"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
