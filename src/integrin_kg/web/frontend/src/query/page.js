// Runs the query and shows what the server's own page says: there is one way to show an answer.
import { enhance } from "../enhance.js";
import { fetchPage } from "../fetching.js";
import { button, html } from "../html.js";
import { request, urlOf } from "./request.js";

const PAUSE = 400; // milliseconds without a key before the location follows
const TICK = 100;

export class Page {
  /** @type {AbortController | undefined} */ running;
  /** @type {AbortController | undefined} */ refreshing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ pause;

  /**
   * @param {HTMLFormElement} form
   * @param {import("./editor.js").Editor} editor
   */
  constructor(form, editor) {
    this.form = form;
    this.editor = editor;
    this.status = html("span", { class: "note", role: "status" });
    this.cancel = button("Cancel", () => this.running?.abort(), { hidden: true });
    form.querySelector(".actions")?.append(this.cancel, this.status);
    editor.run = () => void this.run();
    editor.changed = () => this.typed();
    form.addEventListener("submit", (event) => (event.preventDefault(), void this.run()));
    form.addEventListener("change", () => this.typed());
    addEventListener("popstate", () => location.reload());
  }

  get query() {
    const reasoning = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem("reasoning")).value;
    return { text: this.editor.text, reasoning };
  }

  /** The location follows what is typed, and so does the code. */
  typed() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      history.replaceState(null, "", urlOf(this.query, { run: "false" }));
      void this.refreshCode();
    }, PAUSE);
  }

  async refreshCode() {
    this.refreshing?.abort();
    const { signal } = (this.refreshing = new AbortController());
    const [url, options] = request(this.query, { run: "false" });
    try {
      swap(await fetchPage(url, { ...options, signal }), "code");
    } catch {
      // More was typed, or the server is out of reach, which running the query will tell.
    }
  }

  async run() {
    clearTimeout(this.pause);
    this.refreshing?.abort();
    this.running?.abort();
    const running = (this.running = new AbortController());
    const query = this.query;
    this.editor.mark(null);
    const stopClock = this.clock();
    try {
      const [url, options] = request(query);
      const page = await fetchPage(url, { ...options, signal: running.signal });
      this.show(page, query);
      stopClock(document.querySelector("#answer .problem") ? "Not answered: the reason stands below." : "");
    } catch (error) {
      if (this.running !== running) return; // another has begun
      stopClock(running.signal.aborted ? "Cancelled." : "The server could not be reached.");
    }
  }

  /**
   * @param {Document} page
   * @param {{text: string, reasoning: string}} query
   */
  show(page, query) {
    swap(page, "answer");
    swap(page, "code");
    history.pushState(null, "", urlOf(query));
    document.title = page.title;
    const answer = document.getElementById("answer");
    if (answer) enhance(answer);
    if (!this.markProblem()) answer?.scrollIntoView({ block: "nearest" });
  }

  /** Show in the editor the problem that the page tells, if it tells where; whether it does. */
  markProblem() {
    const problem = /** @type {HTMLElement | null} */ (document.querySelector("#answer [data-line]"));
    if (!problem) return false;
    const text = problem.querySelector("[data-detail]")?.textContent?.trim() ?? "";
    this.editor.mark({ line: Number(problem.dataset.line), column: Number(problem.dataset.column), text });
    return true;
  }

  /** Count the seconds; what is returned stops it, with a last word. */
  clock() {
    const begun = performance.now();
    const tell = () => (this.status.textContent = `Running… ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    const timer = setInterval(tell, TICK);
    this.form.setAttribute("aria-busy", "true");
    this.cancel.hidden = false;
    return (/** @type {string} */ last) => {
      clearInterval(timer);
      const seconds = ((performance.now() - begun) / 1000).toFixed(2);
      this.form.removeAttribute("aria-busy");
      this.cancel.hidden = true;
      this.status.textContent = last || `Answered in ${seconds} s.`;
    };
  }
}

/**
 * Put in the place of the element of that id what `page` has there; what was open stays open.
 * @param {Document} page
 * @param {string} id
 */
function swap(page, id) {
  const [old, made] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !made) return;
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  made.querySelectorAll("details").forEach((details, index) => (details.open = open[index] ?? false));
  old.replaceChildren(...made.childNodes);
}
