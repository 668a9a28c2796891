import { having } from "./fold.js";
import { html } from "./html.js";

/**
 * A box that hides those of `items` without the words that are typed into it.
 * @param {HTMLElement[]} items
 * @param {string} label
 * @param {string} what what the items are, such as "rows"
 * @returns {HTMLElement}
 */
export function filterBox(items, label, what) {
  const input = html("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const status = html("span", { class: "note", role: "status" });
  input.addEventListener("input", () => {
    const wanted = having(input.value);
    for (const item of items) item.hidden = !wanted(item.textContent ?? "");
    const shown = items.filter((item) => !item.hidden).length;
    status.textContent = input.value.trim() ? `${shown} of ${items.length} ${what}` : "";
  });
  return html("p", { class: "filter" }, html("label", {}, `${label} `, input), " ", status);
}
