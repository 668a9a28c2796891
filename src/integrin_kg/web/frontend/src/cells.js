// A table's cells as values.

/**
 * The rows of a table's bodies.
 * @param {HTMLTableElement} table
 * @returns {HTMLTableRowElement[]}
 */
export function bodyRows(table) {
  return [...table.tBodies].flatMap((body) => [...body.rows]);
}

/**
 * What a cell says: its data-value where it has one, without the datatype or language beside a literal.
 * @param {HTMLTableCellElement | undefined} cell
 */
export function textOf(cell) {
  if (!cell) return "";
  if (cell.dataset.value !== undefined) return cell.dataset.value;
  const kind = cell.querySelector(".datatype")?.textContent ?? "";
  const text = (cell.textContent ?? "").trim();
  return kind && text.endsWith(kind) ? text.slice(0, -kind.length).trim() : text;
}

/**
 * The number that a cell is; NaN where it is none. "1,234" and "12 %" are numbers.
 * @param {HTMLTableCellElement | undefined} cell
 */
export function numberOf(cell) {
  const text = textOf(cell).replace(/^([-+]?\d{1,3}(?:,\d{3})+)(?!\d)/, (match) => match.replaceAll(",", ""));
  const match = text.match(/^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=\s*%?$)/);
  return match ? Number(match[0]) : NaN;
}

/**
 * The names of a table's columns.
 * @param {HTMLTableElement} table
 * @returns {string[]}
 */
export function columnNames(table) {
  return [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => (cell.textContent ?? "").trim());
}

/**
 * The first column whose every filled cell `fits`, of those that are filled at all; -1 where none is.
 * @param {HTMLTableElement} table
 * @param {(cell: HTMLTableCellElement) => boolean} fits
 */
export function columnWhere(table, fits) {
  const rows = bodyRows(table);
  return columnNames(table).findIndex((_, column) => {
    const cells = rows.map((row) => row.cells[column]).filter((cell) => cell && textOf(cell));
    return cells.length > 0 && cells.every(fits);
  });
}
