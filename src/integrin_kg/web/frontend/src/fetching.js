// Requests to this site, and only to it.

/**
 * The document at `url`, an error page included.
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Document>}
 */
export async function fetchPage(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { Accept: "text/html", ...options.headers } });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/**
 * The JSON at `url`; throws what the problem document there says.
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function fetchJson(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { Accept: "application/json" } });
  const document = await response.json();
  if (!response.ok) throw new Error(document.detail ?? document.title ?? response.statusText);
  return document;
}
