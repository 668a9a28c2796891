// A network, drawn by Cytoscape.js.
import cytoscape from "cytoscape";
import { button, html } from "./html.js";

/** @typedef {import("./networks.js").Network} Network */

// Cytoscape looks for an element of this name before it adds a style element, which the Content-Security-
// Policy forbids; what that would say stands in site.css.
const STYLES = "__________cytoscape_stylesheet";

// A kind has a shape and a colour of its own: never colour alone.
const SHAPES = ["ellipse", "round-rectangle", "diamond", "hexagon", "triangle", "star", "pentagon", "tag"];
const COLOURS = ["#0f7f93", "#c2641a", "#7b5ea7", "#3f8f4f", "#b8457a", "#8a7a1f", "#4a6fbf", "#7a7a7a"];
const FEW = 60; // links whose names are all shown; of more, those of the thing that is pointed at
const [HUB, FEW_NODES] = [0.6, 8]; // the share of links that makes a hub, of a network with more than these
const LARGEST = 1.2; // a small network is not blown up
const STEP = 60; // pixels that an arrow key moves

/**
 * One thing and its neighbours stand in rings around it, by kind; any other network finds its own form.
 * @param {Network} network
 * @returns {any}
 */
function layout({ nodes, edges }) {
  const ends = edges.flatMap(({ source, target }) => [source, target]);
  const links = new Map(nodes.map(({ id }) => [id, ends.filter((end) => end === id).length]));
  const hub = nodes.find(({ id }) => nodes.length > FEW_NODES && (links.get(id) ?? 0) > HUB * edges.length)?.id;
  const shared = { animate: false, padding: 24 };
  if (hub === undefined) return { ...shared, name: "cose", componentSpacing: 40, nodeOverlap: 16, gravity: 1, ...spread(links) };
  const ring = new Map([...nodes].sort(byKind).map(({ id }, index) => [id, id === hub ? 3 : 1 + (index % 2)]));
  const concentric = (/** @type {any} */ node) => ring.get(node.id());
  return { ...shared, name: "concentric", concentric, levelWidth: () => 1, minNodeSpacing: 48 };
}

/**
 * What has many links needs room for them.
 * @param {Map<string, number>} links
 */
function spread(links) {
  const most = (/** @type {any} */ edge) => Math.max(...[edge.source(), edge.target()].map((end) => links.get(end.id()) ?? 0));
  return { nodeRepulsion: () => 80000, idealEdgeLength: (/** @type {any} */ edge) => 40 + 5 * most(edge) };
}

/**
 * @param {import("./networks.js").NetworkNode} one
 * @param {import("./networks.js").NetworkNode} other
 */
function byKind(one, other) {
  return (one.kind ?? "").localeCompare(other.kind ?? "") || one.label.localeCompare(other.label);
}

/**
 * @param {HTMLElement} place
 * @param {Network} network
 */
export function draw(place, network) {
  if (!document.getElementById(STYLES)) document.head.append(html("template", { id: STYLES }));
  const kinds = [...new Set(network.nodes.map((node) => node.kind ?? ""))].sort();
  const canvas = html("div", { class: "network", tabindex: "0", role: "img", "aria-label": summary(network) });
  const status = html("span", { class: "note", role: "status" });
  place.replaceChildren(canvas, legend(kinds, network.edges.some((edge) => edge.inferred)));
  const drawn = cytoscape({
    container: canvas,
    elements: elements(network, kinds),
    style: style(canvas),
    layout: layout(network),
    minZoom: 0.1,
    maxZoom: 4,
    userZoomingEnabled: false, // a page scrolls; the buttons and keys zoom
  });
  if (drawn.zoom() > LARGEST) drawn.zoom(LARGEST).center();
  place.prepend(controls(drawn, status));
  follow(drawn, status);
  canvas.addEventListener("keydown", (event) => key(drawn, event));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => drawn.style(style(canvas)));
}

/**
 * @param {Network} network
 * @param {string[]} kinds
 * @returns {import("cytoscape").ElementDefinition[]}
 */
function elements({ nodes, edges }, kinds) {
  const known = new Set(nodes.map((node) => node.id));
  const drawnEdges = edges.filter((edge) => known.has(edge.source) && known.has(edge.target));
  return [
    ...[...nodes].sort(byKind).map((node) => ({ data: { ...node, ...looks(kinds.indexOf(node.kind ?? "")) } })),
    ...drawnEdges.map((edge) => ({
      data: { source: edge.source, target: edge.target, label: edge.label ?? "" },
      classes: `${edge.inferred ? "inferred" : ""} ${drawnEdges.length <= FEW ? "named" : ""}`,
    })),
  ];
}

/** Kinds past the last shape have its shape again in another colour. @param {number} index */
function tone(index) {
  return (index + 3 * Math.floor(index / SHAPES.length)) % COLOURS.length;
}

/** @param {number} index */
function looks(index) {
  return { shape: SHAPES[index % SHAPES.length], colour: COLOURS[tone(index)] };
}

/**
 * The page's own colours, light or dark.
 * @param {HTMLElement} canvas
 * @returns {any}
 */
function style(canvas) {
  const values = getComputedStyle(canvas);
  const colour = (/** @type {string} */ name, /** @type {string} */ otherwise) => values.getPropertyValue(name).trim() || otherwise;
  const [ink, paper, line] = [colour("--ink", "#16232b"), colour("--paper", "#fff"), colour("--quiet", "#52616b")];
  const text = { color: ink, "font-size": 14, "text-background-color": paper, "text-background-opacity": 0.85, "text-background-padding": 2 };
  return [
    { selector: "node", style: { ...text, label: "data(label)", shape: "data(shape)", width: 26, height: 26, "background-color": "data(colour)", "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap", "text-max-width": 140 } },
    { selector: "edge.named, edge.near", style: { label: "data(label)" } },
    { selector: "edge", style: { ...text, width: 1.5, "line-color": line, "target-arrow-color": line, "target-arrow-shape": "triangle", "curve-style": "bezier", "font-size": 10, "min-zoomed-font-size": 7, "text-rotation": "autorotate" } },
    { selector: "edge.inferred", style: { "line-style": "dashed" } },
    { selector: "node:selected, node.near", style: { "border-width": 3, "border-color": ink } },
  ];
}

/**
 * @param {import("cytoscape").Core} drawn
 * @param {HTMLElement} status
 */
function controls(drawn, status) {
  return html(
    "p",
    { class: "network-controls" },
    button("Zoom in", () => zoom(drawn, 1.25)), " ",
    button("Zoom out", () => zoom(drawn, 0.8)), " ",
    button("Fit", () => void drawn.fit(undefined, 24)), " ",
    status,
  );
}

/**
 * Name what the pointer is on, and follow a link.
 * @param {import("cytoscape").Core} drawn
 * @param {HTMLElement} status
 */
function follow(drawn, status) {
  drawn.on("mouseover", "node", ({ target }) => {
    const kind = target.data("kind");
    status.textContent = kind ? `${target.data("label")}, ${kind}` : target.data("label");
    target.union(target.connectedEdges()).addClass("near");
  });
  drawn.on("mouseout", "node", ({ target }) => target.union(target.connectedEdges()).removeClass("near"));
  drawn.on("tap", "node", ({ target }) => {
    if (target.data("href")) location.assign(target.data("href"));
  });
}

/**
 * @param {import("cytoscape").Core} drawn
 * @param {KeyboardEvent} event
 */
function key(drawn, event) {
  /** @type {Record<string, () => void>} */
  const keys = {
    "+": () => zoom(drawn, 1.25),
    "-": () => zoom(drawn, 0.8),
    0: () => void drawn.fit(undefined, 24),
    ArrowLeft: () => void drawn.panBy({ x: STEP, y: 0 }),
    ArrowRight: () => void drawn.panBy({ x: -STEP, y: 0 }),
    ArrowUp: () => void drawn.panBy({ x: 0, y: STEP }),
    ArrowDown: () => void drawn.panBy({ x: 0, y: -STEP }),
  };
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

/**
 * @param {import("cytoscape").Core} drawn
 * @param {number} factor
 */
function zoom(drawn, factor) {
  const renderedPosition = { x: drawn.width() / 2, y: drawn.height() / 2 };
  drawn.zoom({ level: drawn.zoom() * factor, renderedPosition });
}

/** @param {Network} network */
function summary({ nodes, edges }) {
  return `Network of ${nodes.length} things and ${edges.length} links; the list or table beside it has the same`;
}

/**
 * @param {string[]} kinds
 * @param {boolean} inferred whether some link is
 */
function legend(kinds, inferred) {
  const named = kinds.filter(Boolean).map((kind) => {
    const { shape } = looks(kinds.indexOf(kind));
    return html("li", { class: `tone-${tone(kinds.indexOf(kind))}` }, `${kind} (${shape.replace("-", " ")})`);
  });
  return html("ul", { class: "network-legend note" }, ...named, ...(inferred ? [html("li", {}, "dashed lines: inferred")] : []));
}
