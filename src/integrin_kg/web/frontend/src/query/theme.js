// The editor in the page's own colours, light and dark: custom properties reach into a shadow tree.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.variableName, tags.standard(tags.name)], color: "var(--code-variable)" },
  { tag: [tags.atom, tags.special(tags.name), tags.tagName, tags.propertyName], color: "var(--code-name)" },
  { tag: [tags.string, tags.number, tags.bool, tags.meta], color: "var(--code-literal)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

export const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--quiet)", borderRadius: "0.35rem", fontSize: "0.95rem" },
  "&.cm-focused": { outline: "2px solid var(--link)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5", minHeight: "12rem", maxHeight: "32rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--wash)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--code-selection)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--code-selection)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--quiet)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--link)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85" },
  ".cm-completionInfo": { maxWidth: "22rem" },
  ".cm-problemLine, &.cm-focused .cm-activeLine.cm-problemLine": { backgroundColor: "var(--code-problem)" },
  ".cm-problemPlace": { textDecoration: "underline wavy var(--code-problem-ink)" },
  ".cm-problemText": { color: "var(--code-problem-ink)", padding: "0 0.5rem 0.25rem", fontFamily: "system-ui, sans-serif", whiteSpace: "pre-wrap" },
});
