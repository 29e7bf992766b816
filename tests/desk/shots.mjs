// The screenshots: `node tests/desk/shots.mjs` makes the three of the README in docs/, `node tests/desk/shots.mjs FOLDER` makes all of
// them there. Each has at most 200 kB.
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { browser, demo, open, root, run, serve } from "./shared.mjs";

const all = Boolean(process.argv[2]);
const folder = process.argv[2] || join(root, "docs");
// Those that the README shows.
const shown = ["report", "desk-page", "desk-edits"];
const chromium = await browser();
const made = demo();
run(made.config, "review", "ebcf", "accept", "--by", "ben", "--note", "left the network in 2024");
run(made.config, "review", "61a9", "954c", "18e4", "accept", "--by", "anna");
const served = await serve(made.config);
const shots = [
  ["report", pathToFileURL(join(dirname(made.config), "report.html")).href, { viewport: { width: 1180, height: 900 } }],
  ["desk", "/", {}],
  ["desk-page", "/f/410082f4df34", { viewport: { width: 1180, height: 640 } }],
  ["desk-page-dark", "/f/c56085631ccc", { colorScheme: "dark" }],
  ["desk-article", "/p/trust-network", {}],
  ["desk-edits", "/p/trust-network/edits", {}],
  ["desk-phone", "/f/410082f4df34", { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5 }],
];
for (const [name, path, options] of shots.filter((it) => all || shown.includes(it[0]))) {
  const { page, context } = await open(chromium, { viewport: { width: 1280, height: 800 }, ...options });
  await page.goto(path.startsWith("file:") ? path : served.site + path);
  await page.waitForTimeout(900);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
  if (size > 200_000) process.exitCode = 1;
  await context.close();
}
served.stop();
made.remove();
await chromium.close();
