import { bodyRows, numberOf, textOf } from "./cells.js";
import { filterBox } from "./filter.js";
import { button, frame } from "./html.js";

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/**
 * A box before a table that filters its rows, and headers that sort them.
 * @param {HTMLTableElement} table
 */
export function filterable(table) {
  const rows = bodyRows(table);
  if (rows.length < 2) return;
  frame(table).before(filterBox(rows, "Filter", "rows"));
  for (const header of table.tHead?.rows[0]?.cells ?? []) sortable(table, header);
}

/**
 * @param {HTMLTableElement} table
 * @param {HTMLTableCellElement} header
 */
function sortable(table, header) {
  const name = (header.textContent ?? "").trim();
  if (!name) return;
  const sorter = button("", () => sort(table, header), { class: "sort" });
  sorter.append(...header.childNodes);
  header.append(sorter);
}

/**
 * Sort by the column of `header`, upwards and then downwards.
 * @param {HTMLTableElement} table
 * @param {HTMLTableCellElement} header
 */
function sort(table, header) {
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead?.rows[0]?.cells ?? []) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const column = header.cellIndex;
  for (const body of table.tBodies) {
    const rows = [...body.rows].sort((one, other) => compare(one.cells[column], other.cells[column]));
    body.append(...(down ? rows.reverse() : rows));
  }
}

/**
 * Numbers by size and before words, words by the alphabet.
 * @param {HTMLTableCellElement | undefined} one
 * @param {HTMLTableCellElement | undefined} other
 */
function compare(one, other) {
  const [left, right] = [numberOf(one), numberOf(other)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
  return collator.compare(textOf(one), textOf(other));
}
