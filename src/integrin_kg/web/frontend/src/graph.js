// The network that a table of results is: triples, or pairs of things.
import { bodyRows, columnNames, textOf } from "./cells.js";

/** @typedef {import("./networks.js").Network} Network */

const LABEL = "http://www.w3.org/2000/01/rdf-schema#label";
const MOST = 400; // links; more is a hairball

/**
 * The network of a table whose columns are subject, predicate and object or whose first two columns with
 * links are; nothing where it has no such columns.
 * @param {HTMLTableElement} table
 * @returns {Network | undefined}
 */
export function networkOf(table) {
  const columns = ends(table);
  if (!columns) return undefined;
  const [from, by, to] = columns;
  /** @type {Map<string, import("./networks.js").NetworkNode>} */
  const nodes = new Map();
  const edges = [];
  const labels = new Map();
  for (const { cells } of bodyRows(table)) {
    const [source, link, target] = [linkOf(cells[from]), by < 0 ? null : linkOf(cells[by]), linkOf(cells[to])];
    if (source && link?.href === LABEL) labels.set(source.href, ownText(cells[to]));
    if (!source || !target || edges.length >= MOST) continue;
    for (const end of [source, target]) nodes.set(end.href, node(end));
    edges.push({ source: source.href, target: target.href, label: by < 0 ? "" : link?.text ?? textOf(cells[by]) });
  }
  for (const [id, label] of labels) {
    const labelled = nodes.get(id);
    if (labelled) labelled.label = label;
  }
  return edges.length ? { nodes: [...nodes.values()], edges } : undefined;
}

/**
 * The columns of a link's start, its name (-1: it has none) and its end.
 * @param {HTMLTableElement} table
 * @returns {[number, number, number] | undefined}
 */
function ends(table) {
  const rows = bodyRows(table);
  const linked = columnNames(table)
    .map((_, column) => column)
    .filter((column) => rows.some((row) => linkOf(row.cells[column])));
  const three = columnNames(table).length === 3;
  if (three && linked.includes(0) && linked.includes(2)) return [0, 1, 2];
  return linked.length >= 2 ? [linked[0], -1, linked[1]] : undefined;
}

/** @param {HTMLTableCellElement | undefined} cell */
function linkOf(cell) {
  const link = cell?.querySelector("a");
  return link ? { href: link.getAttribute("href") ?? "", text: (link.textContent ?? "").trim() } : null;
}

/** @param {{href: string, text: string}} link */
function node({ href, text }) {
  const [, kind] = href.match(/^\/([^/]+)\/[^/]+$/) ?? [];
  const label = href === `/${text}` ? text.replace(/^[^/]+\//, "") : text; // an entity by its path, or under its label
  return { id: href, href, label, kind: kind ?? "elsewhere" };
}

/** @param {HTMLTableCellElement} cell */
function ownText(cell) {
  return (cell.firstChild?.textContent ?? "").trim();
}
