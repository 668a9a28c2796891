"""Tables for ``neo4j-admin database import`` from a graph in KGX (nodes and edges, tab-separated).

    python examples/neo4j_import.py NODES EDGES FOLDER

Columns: https://github.com/biolink/kgx/blob/master/specification/kgx-format.md
Headers: https://neo4j.com/docs/operations-manual/current/import/
"""

import sys
from pathlib import Path

import pandas as pd

NODE_HEADERS = {"id": "id:ID", "category": ":LABEL"}
EDGE_HEADERS = {"subject": ":START_ID", "object": ":END_ID", "predicate": ":TYPE"}
SEPARATOR = "|"  # what KGX has between the values of a cell


def read(path: Path) -> pd.DataFrame:
    """Return a KGX table, every cell as text."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def header(name: str, values: pd.Series, known: dict[str, str]) -> str:
    """Return a column's name as Neo4j wants it: its role, or that it holds truth values or lists."""
    if name in known:
        return known[name]
    if values.str.lower().isin(["", "true", "false"]).all() and values.ne("").any():
        return f"{name}:boolean"
    return f"{name}:string[]" if values.str.contains(SEPARATOR, regex=False).any() else name


def main(nodes: Path, edges: Path, folder: Path) -> None:
    """Write both tables and print the command that imports them."""
    folder.mkdir(parents=True, exist_ok=True)
    things, links = read(nodes), read(edges)
    lost = {*links["subject"], *links["object"]} - {*things["id"]}
    if lost:
        raise SystemExit(f"{edges}: {len(lost)} ends are no node of {nodes}, such as {min(lost)}")
    for table, name, known in ((things, "nodes", NODE_HEADERS), (links, "edges", EDGE_HEADERS)):
        headers = {column: header(column, table[column], known) for column in table.columns}
        table.rename(columns=headers).to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    print(f"{len(things)} nodes, {len(links)} edges, every edge between two of the nodes\n")
    print("neo4j-admin database import full --delimiter=TAB --array-delimiter='|' \\")
    print(f"  --nodes={folder / 'nodes.tsv'} --relationships={folder / 'edges.tsv'} neo4j")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
