"""Claims as a data frame, to Parquet and back with every type kept.

python examples/parquet.py FILE [ENDPOINT]
"""

import sys
from pathlib import Path

import pandas as pd

from integrin_kg import KnowledgeGraph

ANCHORED = """
SELECT ?claim ?polarity ?section ?start ?end (COUNT(?reference) AS ?references) WHERE {
  ?claim a ikg:Claim ; ikg:polarity ?polarity ; ikg:inSection/rdfs:label ?section ;
         ikg:anchorStart ?start ; ikg:anchorEnd ?end .
  OPTIONAL { ?claim ikg:citesReference ?reference }
} GROUP BY ?claim ?polarity ?section ?start ?end ORDER BY ?start ?claim
"""


def main(file: Path, graph: KnowledgeGraph) -> None:
    """Write the frame, read it, and print what came back."""
    claims = graph.query(ANCHORED)
    claims.to_parquet(file)
    again = pd.read_parquet(file)
    print(again.dtypes.to_string())
    print(f"\n{len(again)} claims, as they were: {again.equals(claims)}\n")
    print(again.groupby(["section", "polarity"]).size().unstack(fill_value=0).to_string())


if __name__ == "__main__":
    path, *endpoint = sys.argv[1:]
    main(Path(path), KnowledgeGraph.at(endpoint[0]) if endpoint else KnowledgeGraph())
