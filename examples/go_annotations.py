"""Integrins joined with Gene Ontology annotations (GAF 2.2) by their GO complex terms and UniProt accessions.

    python examples/go_annotations.py [GAF] [ENDPOINT]

Columns: https://geneontology.org/docs/go-annotation-file-gaf-format-2.2/
"""

import sys
from pathlib import Path

import pandas as pd

from integrin_kg import KnowledgeGraph

STAND_IN = Path(__file__).parent / "data" / "goa_human.gaf"
COLUMNS = [
    "db", "accession", "symbol", "relation", "go", "reference", "evidence", "with", "aspect", "name",
    "synonym", "type", "taxon", "date", "by", "extension", "form",
]  # fmt: skip

COMPLEXES = """
SELECT ?integrin ?go ?accession ?category WHERE {
  ?thing a ikg:Integrin ; rdfs:label ?integrin ; skos:exactMatch ?term ; a ?class .
  FILTER(STRSTARTS(STR(?term), STR(obo:GO_)))
  VALUES ?class { ikg:RGDReceptor ikg:LDVReceptor ikg:LamininReceptor ikg:CollagenReceptor }
  ?class rdfs:label ?category .
  ?thing ikg:hasSubunit/skos:exactMatch ?protein .
  FILTER(STRSTARTS(STR(?protein), "http://purl.uniprot.org/uniprot/"))
  BIND(REPLACE(STRAFTER(STR(?term), STR(obo:)), "_", ":") AS ?go)
  BIND(STRAFTER(STR(?protein), "uniprot/") AS ?accession)
}
"""


def main(gaf: Path, graph: KnowledgeGraph) -> None:
    """Print who is annotated to which complex, and whether the graph has that chain in it."""
    annotations = pd.read_csv(gaf, sep="\t", comment="!", names=COLUMNS, dtype=str)
    denied = annotations["relation"].str.startswith("NOT|")  # "is not part of" must not become "is part of"
    ours = graph.query(COMPLEXES)
    by_term = ours.groupby(["integrin", "go"]).agg(
        category=("category", lambda names: ", ".join(sorted(set(names))))
    )
    chains = set(zip(ours["go"], ours["accession"], strict=True))

    joined = annotations[~denied].merge(by_term.reset_index(), on="go")
    pairs = zip(joined["go"], joined["accession"], strict=True)
    joined["chain of it"] = ["yes" if pair in chains else "not in the graph" for pair in pairs]
    shown = ["integrin", "go", "symbol", "relation", "evidence", "category", "chain of it"]
    print(joined[shown].to_string(index=False))
    print(f"\n{joined['go'].nunique()} of {ours['go'].nunique()} complex terms are annotated here; "
          f"{denied.sum()} annotation says NOT and is left out")  # fmt: skip


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        Path(given[0]) if given else STAND_IN, KnowledgeGraph.at(given[1]) if given[1:] else KnowledgeGraph()
    )
