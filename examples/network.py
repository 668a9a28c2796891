"""The claims about integrins as a networkx graph: an edge a claim, with the context that it holds in.

python examples/network.py [ENDPOINT]
"""

import sys

import networkx as nx

from integrin_kg import KnowledgeGraph

CLAIMS = """
SELECT ?claim ?subject ?predicate ?object ?polarity ?effect ?evidence
       (GROUP_CONCAT(DISTINCT ?where; SEPARATOR="; ") AS ?diseases) WHERE {
  ?integrin a ikg:Integrin .
  ?claim ikg:claimSubject ?integrin ; ikg:claimPredicate/rdfs:label ?predicate ; ikg:claimObject ?other ;
         ikg:polarity ?polarity ; ikg:evidenceKind/rdfs:label ?evidence .
  ?integrin rdfs:label ?subject . ?other rdfs:label ?object
  OPTIONAL { ?claim ikg:effect ?effect }
  OPTIONAL { ?claim ikg:inDisease/rdfs:label ?where }
} GROUP BY ?claim ?subject ?predicate ?object ?polarity ?effect ?evidence ORDER BY ?claim
"""


def network(graph: KnowledgeGraph) -> nx.MultiDiGraph:
    """Return the network: two claims on one pair are two edges, also where they say the opposite."""
    found = nx.MultiDiGraph()
    for row in graph.rows(CLAIMS):
        ends = (row.pop("subject"), row.pop("object"))
        found.add_edge(*ends, key=row.pop("claim"), **{name: value for name, value in row.items() if value})
    return found


def main(graph: KnowledgeGraph) -> None:
    """Print what is said of α2β1 and metastasis, and the integrins with most claims."""
    found = network(graph)
    print(f"{found.number_of_nodes()} nodes, {found.number_of_edges()} claims\n")
    for claim, said in found.get_edge_data("integrin α2β1", "metastasis").items():
        effect = said.get("effect", said["predicate"])
        print(f"α2β1 {effect} metastasis in {said.get('diseases', 'no disease named')}  <{claim}>")
    print("\nmost claims:")
    for name, degree in sorted(found.out_degree(), key=lambda node: -node[1])[:5]:
        print(f"  {name}  {degree}")


if __name__ == "__main__":
    main(KnowledgeGraph.at(sys.argv[1]) if sys.argv[1:] else KnowledgeGraph())
