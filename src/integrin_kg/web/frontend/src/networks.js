import { fetchJson } from "./fetching.js";
import { button, html } from "./html.js";

/** @typedef {{id: string, label: string, kind?: string, href?: string}} NetworkNode */
/** @typedef {{source: string, target: string, label?: string, inferred?: boolean}} NetworkEdge */
/** @typedef {{nodes: NetworkNode[], edges: NetworkEdge[]}} Network */

/**
 * A button that opens the network at the URL that the attribute names. The list in the figure says the same.
 * @param {HTMLElement} figure
 */
export function networked(figure) {
  const place = html("div", { class: "network-place" });
  const open = button("Show as a network", async () => {
    open.disabled = true;
    open.after(place);
    try {
      await openNetwork(place, await fetchJson(figure.dataset.network ?? ""));
      open.remove();
    } catch (error) {
      place.replaceChildren(unopened(error));
      open.disabled = false;
    }
  });
  figure.prepend(open);
}

/** What is said in the place of a network. @param {unknown} error */
export function unopened(error) {
  return html("p", { role: "alert" }, `The network could not be opened: ${error}`);
}

/**
 * Draw a network in `place`. What draws is fetched now, so that no page has to carry it.
 * @param {HTMLElement} place
 * @param {Network} network
 */
export async function openNetwork(place, network) {
  const { draw } = await import("./network.js");
  draw(place, network);
}
