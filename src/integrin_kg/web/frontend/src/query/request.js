// A query as a request: a link where it is short enough for one.

const LONGEST = 6000; // characters of a URL that every server and proxy takes

/** @typedef {{text: string, reasoning: string}} Asked */

/**
 * The link that reproduces a query.
 * @param {Asked} query
 * @param {Record<string, string>} [further]
 */
export function urlOf(query, further = {}) {
  return `/sparql?${new URLSearchParams({ ...fields(query), ...further })}`;
}

/**
 * What fetches the page of a query.
 * @param {Asked} query
 * @param {Record<string, string>} [further]
 * @returns {[string, RequestInit]}
 */
export function request(query, further = {}) {
  const url = urlOf(query, further);
  if (url.length <= LONGEST) return [url, {}];
  return [`/sparql?${new URLSearchParams(further)}`, { method: "POST", body: new URLSearchParams(fields(query)) }];
}

/**
 * @param {Asked} query
 * @returns {Record<string, string>}
 */
function fields({ text, reasoning }) {
  return { query: text, ...(reasoning === "false" ? { reasoning } : {}) };
}
