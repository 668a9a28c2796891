"""What the servers are asked: the kinds of question that users have."""

from __future__ import annotations

from dataclasses import dataclass

from integrin_kg import resources, saved
from integrin_kg.vocab import PREFIXES

_PREFIXES = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())
_JSON, _TSV, _TRIPLES = (
    "application/sparql-results+json",
    "text/tab-separated-values",
    "application/n-triples",
)


@dataclass(frozen=True)
class Question:
    """Queries that are asked in turn, for answers of one media type; ``least`` is how many seconds it takes
    to see enough of them."""

    name: str
    queries: tuple[str, ...]
    accept: str = _JSON
    least: int = 1


def _saved() -> tuple[str, ...]:
    return tuple(query.text for query in saved.load_all(resources.queries_folder()))


_THING = "<https://w3id.org/integrin-kg/integrin/alphaV-beta3>"
_ROWS = "SELECT ?copy ?s ?p ?o { VALUES ?copy { 1 2 3 4 } ?s ?p ?o } LIMIT 100000"

QUESTIONS = {
    question.name: question
    for question in (
        Question("point", (f"SELECT ?label {{ {_THING} <{PREFIXES['rdfs']}label> ?label }}",)),
        Question("competency", _saved()),
        Question("category", (_PREFIXES + "SELECT ?agent { ?agent a ikg:RGDReceptorAgent }",)),
        # The same agents, told from what is stated: no type but the stated ones is looked at.
        Question(
            "category-by-path",
            (
                _PREFIXES + "SELECT DISTINCT ?agent { ?integrin a/rdfs:subClassOf* ikg:Integrin ; "
                "ikg:recognizesMotif <https://w3id.org/integrin-kg/motif/RGD> . "
                "?agent ikg:targets/(^ikg:hasAlphaSubunit|^ikg:hasBetaSubunit)? ?integrin ; "
                "a/rdfs:subClassOf* ikg:Therapeutic }",
            ),
        ),
        Question("path", (_PREFIXES + "SELECT ?c ?d { ?c rdfs:subClassOf+ ?d }",)),
        Question("aggregation", ("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",)),
        Question("construct", (_PREFIXES + "CONSTRUCT WHERE { ?s ikg:actsOn ?o }",), _TRIPLES),
        Question("rows-json", (_ROWS,), least=8),
        Question("rows-tsv", (_ROWS,), _TSV, least=8),
    )
}
"""By name, in the order in which they are told."""
