import { fetchPage } from "./fetching.js";
import { html } from "./html.js";

/**
 * Open a proof in place, the first time that it is asked for. Without scripts the link inside leads to it.
 * @param {HTMLDetailsElement} details
 */
export function proven(details) {
  details.addEventListener("toggle", () => show(details), { once: true });
}

/** @param {HTMLDetailsElement} details */
async function show(details) {
  const place = html("div", { class: "proof-in-place", role: "status" }, "Looking for the proof…");
  details.append(place);
  try {
    const page = await fetchPage(details.dataset.proof ?? "");
    const tree = page.querySelector("[data-proof-tree]");
    place.replaceChildren(tree ?? "There is no proof of it; the link leads to what is missing.");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    place.textContent = "The proof could not be fetched; the link leads to its page.";
  }
}
