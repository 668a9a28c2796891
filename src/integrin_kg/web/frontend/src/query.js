// The query page: the textarea becomes an editor, and answers come without a new page.
import { Editor } from "./query/editor.js";
import { Page } from "./query/page.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("ask"));
if (form) {
  const textarea = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("query"));
  const editor = new Editor(textarea, form.dataset.vocabulary ?? "");
  const page = new Page(form, editor);
  page.markProblem();
}
