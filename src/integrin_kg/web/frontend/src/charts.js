import { bodyRows, columnNames, columnWhere, numberOf, textOf } from "./cells.js";
import { frame, html, svg } from "./html.js";

const MOST_BARS = 60;
const ROW = 24;
const [NARROWEST, WIDEST] = [280, 680]; // of a whole chart, in pixels
const [LETTER, VALUE] = [6.5, 56]; // the room for a letter of a label, and for a number

/**
 * Bars for the first column of numbers, named by the first column of words (of links where there is none); nothing where there is none.
 * @param {HTMLTableElement} table
 * @returns {HTMLElement | undefined}
 */
export function barChart(table) {
  const number = columnWhere(table, (cell) => !Number.isNaN(numberOf(cell)));
  const words = columnWhere(table, (cell) => Number.isNaN(numberOf(cell)) && !cell.querySelector("a"));
  const label = words >= 0 ? words : columnWhere(table, (cell) => Number.isNaN(numberOf(cell)));
  if (number < 0 || label < 0) return undefined;
  const rows = bodyRows(table).filter((row) => textOf(row.cells[number])).slice(0, MOST_BARS);
  const values = rows.map((row) => numberOf(row.cells[number]));
  const largest = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const width = Math.min(Math.max(frame(table).clientWidth || WIDEST, NARROWEST), WIDEST);
  const names = rows.map((row) => textOf(row.cells[label]));
  const indent = Math.min(width * 0.45, Math.max(...names.map((name) => name.length)) * LETTER + 12);
  const scale = (width - indent - VALUE) / largest;
  const bars = names.map((name, index) => bar(name, values[index], { top: index * ROW, indent, scale }));
  const columns = columnNames(table);
  const title = `${columns[number]} by ${columns[label]}`;
  const size = `0 0 ${width} ${rows.length * ROW}`;
  const picture = svg("svg", { viewBox: size, role: "img", "aria-label": title }, ...bars);
  return html("figure", { class: "chart" }, picture, html("figcaption", { class: "note" }, title));
}

/**
 * @param {string} name
 * @param {number} value
 * @param {{top: number, indent: number, scale: number}} place
 */
function bar(name, value, { top, indent, scale }) {
  const [middle, length] = [top + ROW / 2, Math.abs(value) * scale];
  const room = Math.floor((indent - 12) / LETTER);
  const short = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return svg(
    "g",
    { class: value < 0 ? "negative" : "positive" },
    svg("title", {}, `${name}: ${value}`),
    svg("text", { x: indent - 8, y: middle, class: "name" }, short),
    svg("rect", { x: indent, y: top + 4, width: length, height: ROW - 8, rx: 2 }),
    svg("text", { x: indent + length + 6, y: middle }, String(value)),
  );
}
