"""Ligand categories beside the ligand-receptor pairs of single-cell tools: tables of LIANA and CellPhoneDB.

    python examples/ligand_receptors.py [ENDPOINT]

A receptor is an integrin where its chains are exactly the two of a heterodimer: LIANA names them by gene
symbol (``ITGAV_ITGB3``), CellPhoneDB by UniProt accession in its ``complex_input.csv``. Nothing is guessed:
one chain alone, a pair that the graph does not have and all other receptors stay in the table, marked.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from integrin_kg import KnowledgeGraph

DATA = Path(__file__).parent / "data"
PAIRS = """
SELECT ?integrin ?symbol ?accession ?category WHERE {
  ?thing a ikg:Integrin ; rdfs:label ?integrin ; a ?class ; ikg:hasSubunit ?chain .
  VALUES ?class { ikg:RGDReceptor ikg:LDVReceptor ikg:LamininReceptor ikg:CollagenReceptor }
  ?class rdfs:label ?category .
  ?chain ikg:geneSymbol ?symbol ; skos:exactMatch ?protein .
  FILTER(STRSTARTS(STR(?protein), "http://purl.uniprot.org/uniprot/"))
  BIND(STRAFTER(STR(?protein), "uniprot/") AS ?accession)
}
"""


def categories(pairs: pd.DataFrame, column: str, receptors: Iterable[frozenset[str]]) -> list[str]:
    """Return the category of each receptor, a set of chains that ``column`` of ``pairs`` names."""
    known = {
        frozenset(rows[column]): ", ".join(sorted(set(rows["category"])))
        for _, rows in pairs.groupby("integrin")
    }
    chains = frozenset(pairs[column])

    def category(receptor: frozenset[str]) -> str:
        if not receptor & chains:
            return "no integrin"
        return known.get(receptor, "one chain only" if len(receptor) == 1 else "no such heterodimer")

    return [category(receptor) for receptor in receptors]


def main(graph: KnowledgeGraph) -> None:
    """Print both tables with their categories."""
    pairs = graph.query(PAIRS)
    liana = pd.read_csv(DATA / "liana.csv")
    liana["category"] = categories(pairs, "symbol", liana["receptor_complex"].str.split("_").map(frozenset))
    shown = ["source", "target", "ligand_complex", "receptor_complex", "magnitude_rank", "category"]
    print(liana.sort_values("magnitude_rank")[shown].to_string(index=False))

    means = pd.read_csv(DATA / "cellphonedb_means.txt", sep="\t")
    complexes = pd.read_csv(DATA / "cellphonedb_complex_input.csv", index_col="complex_name")
    members = complexes.filter(like="uniprot_").iterrows()
    chains = {f"complex:{name}": frozenset(row.dropna()) for name, row in members}
    sides = [
        categories(pairs, "accession", [chains.get(name, frozenset()) for name in means[partner]])
        for partner in ("partner_a", "partner_b")
    ]
    means["category"] = [b if a == "no integrin" else a for a, b in zip(*sides, strict=True)]
    shown = ["interacting_pair", "is_integrin", "Fibroblast|Tumour", "category"]
    print(f"\n{means[shown].to_string(index=False)}")


if __name__ == "__main__":
    main(KnowledgeGraph.at(sys.argv[1]) if sys.argv[1:] else KnowledgeGraph())
