// An answer as table, network or chart, where its columns make one.
import { barChart } from "./charts.js";
import { networkOf } from "./graph.js";
import { button, frame, html } from "./html.js";
import { openNetwork, unopened } from "./networks.js";

/**
 * Buttons before a table of results that show it otherwise.
 * @param {HTMLTableElement} table
 */
export function viewed(table) {
  /** @type {[string, () => HTMLElement][]} */
  const others = [];
  const network = networkOf(table);
  if (network) others.push(["Network", () => opened(network)]);
  const chart = barChart(table);
  if (chart) others.push(["Chart", () => chart]);
  if (others.length) frame(table).before(switcher(others));
}

/** @param {import("./networks.js").Network} network */
function opened(network) {
  const place = html("div", { class: "network-place" }, "Opening the network…");
  openNetwork(place, network).catch((error) => place.replaceChildren(unopened(error)));
  return place;
}

/**
 * The table stays; another view opens above it.
 * @param {[string, () => HTMLElement][]} others
 */
function switcher(others) {
  const place = html("div", { class: "view" });
  const buttons = [["Table", () => ""], ...others].map(([name, make], index) =>
    button(String(name), ({ currentTarget }) => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === currentTarget));
      place.replaceChildren(/** @type {() => Node | string} */ (make)());
    }, { "aria-pressed": String(index === 0) }),
  );
  return html("div", { class: "shown-as", role: "group", "aria-label": "Views" }, html("p", {}, ...buttons), place);
}
