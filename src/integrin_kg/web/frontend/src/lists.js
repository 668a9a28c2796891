import { filterBox } from "./filter.js";

/**
 * A box before a list that filters it; the attribute is the box's label.
 * @param {HTMLUListElement} list
 */
export function listFiltered(list) {
  const items = [...list.querySelectorAll("li")];
  list.before(filterBox(items, list.dataset.listFilter ?? "Filter", "entries"));
}
