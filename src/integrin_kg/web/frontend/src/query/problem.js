// What is wrong with the query, below the line where it is.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";
import { html } from "../html.js";

/** @type {import("@codemirror/state").StateEffectType<{line: number, column: number, text: string} | null>} */
export const problemAt = StateEffect.define();

/** The decorations of the problem that was last told; they go with the next change of the text. */
export const problemShown = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(problemAt)) return effect.value ? decorations(transaction.state.doc, effect.value) : Decoration.none;
    }
    return transaction.docChanged ? Decoration.none : shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class Message extends WidgetType {
  /** @param {string} text */
  constructor(text) {
    super();
    this.text = text;
  }

  toDOM() {
    return html("div", { class: "cm-problemText" }, this.text);
  }
}

/**
 * @param {import("@codemirror/state").Text} doc
 * @param {{line: number, column: number, text: string}} problem
 */
function decorations(doc, { line: number, column, text }) {
  const line = doc.line(Math.min(number, doc.lines));
  const from = Math.min(line.from + column - 1, line.to);
  const place = from < line.to ? [Decoration.mark({ class: "cm-problemPlace" }).range(from, Math.min(from + 1, line.to))] : [];
  return Decoration.set([
    Decoration.line({ class: "cm-problemLine" }).range(line.from),
    ...place,
    Decoration.widget({ widget: new Message(text), block: true, side: 1 }).range(line.to),
  ]);
}
