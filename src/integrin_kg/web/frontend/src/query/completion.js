// Completion from the graph's own words: prefixes, classes, properties and entities by any of their names.
import { fold } from "../fold.js";
import { fetchJson } from "../fetching.js";

/** @typedef {{iri: string, kind: string, label: string, definition?: string, synonyms?: string[]}} Term */
/** @typedef {{base: string, prefixes: Record<string, string>, terms: Term[]}} Vocabulary */
/** @typedef {import("@codemirror/autocomplete").Completion} Completion */

const KEYWORDS = (
  "SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES PREFIX " +
  "ORDER BY GROUP BY HAVING LIMIT OFFSET AS EXISTS NOT ASC DESC COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT " +
  "STR LANG DATATYPE REGEX CONTAINS STRSTARTS IF COALESCE BOUND isIRI isLiteral CONCAT LCASE UCASE"
).split(" ");
/** @type {Record<string, string>} */
const TYPES = { class: "class", property: "property", entity: "constant" };
const MOST = 60;

/**
 * The source of completions; the words are fetched when they are first wanted.
 * @param {string} url
 * @returns {import("@codemirror/autocomplete").CompletionSource}
 */
export function completions(url) {
  /** @type {Promise<Entry[]> | undefined} */
  let words;
  return async (context) => {
    const typed = context.matchBefore(/[?$]\w*|<[^<>\s]*|[\p{L}\p{N}_-]*:?[\p{L}\p{N}_-]*/u);
    if (!typed || (typed.from === typed.to && !context.explicit)) return null;
    if (/^[?$]/.test(typed.text)) return { from: typed.from, options: variables(context), validFor: /^[?$]\w*$/ };
    if (inText(context)) return null;
    words ??= fetchJson(url).then(entries);
    const known = await words.catch(() => []);
    if (!known.length) words = undefined; // out of reach: the next key asks again
    const found = matching(known, typed.text);
    return found.length ? { from: typed.from, options: found, filter: false } : null;
  };
}

/** @typedef {{words: string[], completion: Completion}} Entry */

/**
 * Whether the cursor stands in a string or a comment.
 * @param {import("@codemirror/autocomplete").CompletionContext} context
 */
function inText(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from).replace(/<[^<>\s]*>/g, "");
  return /#/.test(before.replace(/"[^"]*"|'[^']*'/g, "")) || (before.match(/"/g)?.length ?? 0) % 2 === 1;
}

/**
 * @param {import("@codemirror/autocomplete").CompletionContext} context
 * @returns {Completion[]}
 */
function variables(context) {
  const text = context.state.doc.toString();
  const own = text.slice(0, context.pos).match(/[?$]\w*$/)?.[0] ?? "";
  const names = new Set(text.match(/[?$]\w+/g));
  if (text.split(own).length === 2) names.delete(own);
  return [...names].map((label) => ({ label, type: "variable" }));
}

/**
 * Every completion under all the words that find it.
 * @param {Vocabulary} vocabulary
 * @returns {Entry[]}
 */
function entries({ base, prefixes, terms }) {
  const namespaces = Object.entries(prefixes);
  return [
    ...KEYWORDS.map((word) => entry([word], { label: word, type: "keyword" })),
    ...namespaces.map(([prefix, iri]) => entry([`${prefix}:`], { label: `${prefix}:`, detail: iri, type: "namespace" })),
    ...terms.map((term) => termEntry(term, namespaces, base)),
  ];
}

/**
 * @param {Term} term
 * @param {[string, string][]} namespaces
 * @param {string} base
 */
function termEntry(term, namespaces, base) {
  const [prefix, namespace] = namespaces.find(([, iri]) => term.iri.startsWith(iri)) ?? [];
  const local = namespace ? term.iri.slice(namespace.length) : "";
  const written = prefix && /^[\w-]+$/.test(local) ? `${prefix}:${local}` : `<${term.iri}>`;
  const short = written.startsWith("<") ? `<${term.iri.replace(base, "")}>` : written;
  return entry([short, written, local, term.label, ...(term.synonyms ?? [])], {
    label: term.label,
    displayLabel: short,
    detail: `${term.label} (${term.kind})`,
    apply: written,
    type: TYPES[term.kind],
    info: term.definition || term.synonyms?.join(", "),
  });
}

/**
 * @param {string[]} words
 * @param {Completion} completion
 */
function entry(words, completion) {
  return { words: words.filter(Boolean).map(fold), completion };
}

/**
 * What `typed` may become: first what begins with it, then what has it inside.
 * @param {Entry[]} all
 * @param {string} typed
 */
function matching(all, typed) {
  const wanted = fold(typed);
  const begin = all.filter(({ words }) => words.some((word) => word.startsWith(wanted)));
  const inside = all.filter((one) => !begin.includes(one) && one.words.some((word) => word.includes(wanted)));
  return [...begin, ...(wanted.length > 2 ? inside : [])].slice(0, MOST).map(({ completion }) => completion);
}
