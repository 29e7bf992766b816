// The screenshots of the README and more: `node tests/desk/shots.mjs [FOLDER]`, each at most 200 kB.
import { statSync } from "node:fs";
import { join } from "node:path";
import { browser, demo, open, root, run, serve } from "./shared.mjs";

const folder = process.argv[2] || join(root, "docs");
const chromium = await browser();
const made = demo();
run(made.config, "review", "ebcf", "accept", "--by", "ben", "--note", "left the network in 2024");
run(made.config, "review", "61a9", "954c", "18e4", "accept", "--by", "anna");
const served = await serve(made.config);
const shots = [
  ["desk", "/", {}],
  ["desk-page", "/f/410082f4df34", { viewport: { width: 1180, height: 640 } }],
  ["desk-page-dark", "/f/c56085631ccc", { colorScheme: "dark" }],
  ["desk-article", "/p/trust-network", {}],
  ["desk-edits", "/p/trust-network/edits", {}],
  ["desk-phone", "/f/410082f4df34", { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5 }],
];
for (const [name, path, options] of shots) {
  const { page, context } = await open(chromium, { viewport: { width: 1280, height: 800 }, ...options });
  await page.goto(served.site + path);
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
