// Typing over a selection, done here: a browser would carry the old text's colour over as a style
// attribute, which the Content-Security-Policy reports.
import { EditorView } from "@codemirror/view";

export const typingOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    const text = event.data;
    const replaced = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler); // they close brackets, for one
    if (!handlers.some((handle) => handle(view, from, to, text, replaced))) view.dispatch(replaced());
    event.preventDefault();
    return true;
  },
});
