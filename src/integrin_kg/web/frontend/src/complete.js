// Completion of a search as https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ has it.
import { fetchJson } from "./fetching.js";
import { html } from "./html.js";

const PAUSE = 120; // milliseconds without a key before the server is asked
const MOST = 10;
let boxes = 0;

/** @typedef {{label: string, iri: string, href: string, kind: string, match: string}} Found */

/**
 * Complete what is typed from the search at the URL that the attribute names.
 * @param {HTMLInputElement} input
 */
export function completed(input) {
  const list = html("ul", { id: `completions-${++boxes}`, class: "completions", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Found");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) input.setAttribute(name, value);
  const box = new Box(input, list);
  input.addEventListener("input", () => box.typed());
  input.addEventListener("keydown", (event) => box.pressed(event));
  input.addEventListener("blur", () => box.close());
}

class Box {
  /** @type {AbortController | undefined} */ request;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ pause;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLUListElement} list
   */
  constructor(input, list) {
    this.input = input;
    this.list = list;
  }

  typed() {
    clearTimeout(this.pause);
    this.request?.abort();
    if (this.input.value.trim().length < 2) return this.close();
    this.pause = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.request = new AbortController();
    const asked = new URLSearchParams({ q: this.input.value, format: "json" });
    try {
      this.show(await fetchJson(`${this.input.dataset.complete}?${asked}`, { signal: this.request.signal }));
    } catch {
      this.close(); // outdated, or out of reach: the search itself says what is wrong
    }
  }

  /** @param {Found[]} found */
  show(found) {
    const options = found.slice(0, MOST).map((one, index) => this.option(one, index));
    this.list.replaceChildren(...options);
    this.input.removeAttribute("aria-activedescendant");
    this.expand(options.length > 0);
  }

  /**
   * @param {Found} found
   * @param {number} index
   */
  option(found, index) {
    const match = found.match && found.match !== found.label ? ` · ${found.match}` : "";
    const note = html("span", { class: "note" }, `${found.kind}${match}`);
    const option = html("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" }, found.label, " ", note);
    option.dataset.href = found.href;
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
    option.addEventListener("click", () => location.assign(found.href));
    return option;
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (this.list.hidden) return;
    const options = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const active = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.activate(options, active + 1);
    else if (event.key === "ArrowUp") this.activate(options, active < 0 ? options.length - 1 : active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && active >= 0) location.assign(options[active].dataset.href ?? "");
    else return;
    event.preventDefault();
  }

  /**
   * @param {HTMLElement[]} options
   * @param {number} wanted one before the first and one behind the last is the input itself
   */
  activate(options, wanted) {
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === wanted)));
    const option = options[wanted];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.pause);
    this.request?.abort();
    this.expand(false);
  }

  /** @param {boolean} open */
  expand(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }
}
