"""LDV receptors of ours with UniProt's entry names, in one query, asked of either side.

    python examples/federation.py OURS THEIRS

OURS is the base URL of our endpoint, THEIRS the URL of a SPARQL endpoint with UniProt's data. Both sides use
the same IRIs of proteins, so nothing but the join itself is written. A SERVICE is sent as it stands: keep it
small with what the other side knows (here reviewed human entries with the keyword Integrin).
"""

import sys

from integrin_kg import KnowledgeGraph

PREFIXES = """
PREFIX ikg: <https://w3id.org/integrin-kg/schema/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX up: <http://purl.uniprot.org/core/>
PREFIX keyword: <http://purl.uniprot.org/keywords/>
PREFIX taxon: <http://purl.uniprot.org/taxonomy/>
SELECT ?integrin ?entry ?keyword WHERE {
"""
OF_OURS = """
    ?thing a ikg:LDVReceptor ; rdfs:label ?integrin ; ikg:hasSubunit ?subunit .
    ?subunit skos:exactMatch ?protein .
"""
OF_THEIRS = """
    ?protein a up:Protein ; up:reviewed true ; up:organism taxon:9606 ; up:mnemonic ?entry ;
             up:classifiedWith keyword:401 .
    keyword:401 skos:prefLabel ?keyword .
"""


def main(ours: str, theirs: str) -> None:
    """Print both answers, which are one."""
    asked_of_us = f"{PREFIXES}{OF_OURS} SERVICE <{theirs}> {{ {OF_THEIRS} }} }} ORDER BY ?integrin ?entry"
    here = KnowledgeGraph.at(ours).query(asked_of_us)
    print(f"our endpoint calls theirs:\n{here.to_string(index=False)}\n")

    asked_of_them = (
        f"{PREFIXES}{OF_THEIRS} SERVICE <{ours}/sparql> {{ {OF_OURS} }} }} ORDER BY ?integrin ?entry"
    )
    there = KnowledgeGraph.at(theirs.removesuffix("/sparql")).query(asked_of_them)
    print(f"theirs calls ours, the same answer: {here.equals(there)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
