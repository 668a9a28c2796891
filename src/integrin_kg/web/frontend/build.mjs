// Bundles the scripts of src/ into ../static/bundle/, and writes there which file each entry became
// (manifest.json) and the licences of all that was bundled (licences.txt).
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRIES = ["src/site.js", "src/query.js"];
const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, "..", "static", "bundle");

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ENTRIES,
  outdir: bundle,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  metafile: true,
  legalComments: "none", // licences.txt has them all
  logLevel: "warning",
  write: false, // what could not be built leaves the bundle before it
});
rmSync(bundle, { recursive: true, force: true });
mkdirSync(bundle, { recursive: true });
for (const { path, contents } of outputFiles) writeFileSync(path, contents);
writeFileSync(join(bundle, "licences.txt"), licences(Object.keys(metafile.inputs)));
// Last: whoever sees a manifest sees a bundle that is whole.
writeFileSync(join(bundle, "manifest.json"), JSON.stringify(manifest(metafile.outputs), null, 1) + "\n");

/** The script and the stylesheet of each entry: {"site": {"script": "site-….js", "style": "site-….css"}}. */
function manifest(outputs) {
  const entries = {};
  for (const [path, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    if (!ENTRIES.includes(entryPoint)) continue; // what is shared, or fetched when it is wanted
    entries[basename(entryPoint, ".js")] = { script: basename(path), ...(cssBundle && { style: basename(cssBundle) }) };
  }
  return entries;
}

/** The licences of the packages that `inputs` are files of, as their authors want them to be shown. */
function licences(inputs) {
  const found = inputs.map((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const packages = [...new Set(found)].filter(Boolean).sort();
  return packages.map((folder) => {
    const about = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf-8"));
    const file = readdirSync(join(here, folder)).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? readFileSync(join(here, folder, file), "utf-8") : about.license;
    return `${about.name} ${about.version}\n\n${text.trim()}\n`;
  }).join("\n" + "-".repeat(80) + "\n\n");
}
