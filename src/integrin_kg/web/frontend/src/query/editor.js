// The textarea as an editor; the textarea stays what the form sends.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { html } from "../html.js";
import { completions } from "./completion.js";
import { problemAt, problemShown } from "./problem.js";
import { highlighting, theme } from "./theme.js";
import { typingOver } from "./typing.js";

export class Editor {
  /**
   * @param {HTMLTextAreaElement} textarea
   * @param {string} vocabulary the URL of the words to complete
   */
  constructor(textarea, vocabulary) {
    this.textarea = textarea;
    this.run = () => {};
    this.changed = () => {};
    const host = html("div", { class: "editor" });
    // In a shadow tree CodeMirror's styles are constructed sheets, which the Content-Security-Policy lets be.
    const root = host.attachShadow({ mode: "open" });
    this.view = new EditorView({ state: this.state(vocabulary), root, parent: root });
    textarea.before(host);
    textarea.hidden = true;
    textarea.labels[0]?.addEventListener("click", () => this.view.focus());
  }

  /** @param {string} vocabulary */
  state(vocabulary) {
    const runs = { key: "Mod-Enter", run: () => (this.run(), true) };
    return EditorState.create({
      doc: this.textarea.value,
      extensions: [
        Prec.highest(keymap.of([runs])),
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentOnInput(), bracketMatching(), closeBrackets(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(highlighting),
        autocompletion({ override: [completions(vocabulary)] }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query; Control-Enter runs it", tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && this.sync()),
        problemShown,
        typingOver,
        theme,
      ],
    });
  }

  sync() {
    this.textarea.value = this.text;
    this.changed();
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /**
   * Show a problem at its line and column, and put the cursor there; without one, show none.
   * @param {{line: number, column: number, text: string} | null} problem
   */
  mark(problem) {
    this.view.dispatch({ effects: problemAt.of(problem) });
    if (!problem) return;
    const line = this.view.state.doc.line(Math.min(problem.line, this.view.state.doc.lines));
    const anchor = Math.min(line.from + problem.column - 1, line.to);
    this.view.dispatch({ selection: { anchor }, scrollIntoView: true });
    this.view.focus();
  }
}
