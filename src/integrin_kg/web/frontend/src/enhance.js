import { completed } from "./complete.js";
import { listFiltered } from "./lists.js";
import { networked } from "./networks.js";
import { proven } from "./proofs.js";
import { filterable } from "./tables.js";
import { viewed } from "./views.js";

/** What each attribute asks for. @type {[string, (element: any) => void][]} */
const FEATURES = [
  ["table[data-views]", viewed],
  ["table[data-filterable]", filterable],
  ["ul[data-list-filter]", listFiltered],
  ["figure[data-network]", networked],
  ["details[data-proof]", proven],
  ["input[data-complete]", completed],
];

/**
 * Give the elements within `root` what their data attributes ask for.
 * @param {ParentNode} root
 */
export function enhance(root) {
  for (const [selector, feature] of FEATURES) root.querySelectorAll(selector).forEach(feature);
}
