// What the browser tests share: the program on the demo, a browser that reaches nothing but 127.0.0.1, and the tools.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("../..", import.meta.url).pathname;
const require = createRequire(join(process.env.DESK_TOOLS || join(root, "target/tools/node"), "node_modules/"));
export const program = process.env.DESK_PROGRAM || join(root, "target/debug/stillsays");
export const axe = installed("axe-core/axe.min.js");

// The file of a package, or null if it is not installed.
function installed(file) {
  try {
    return require.resolve(file);
  } catch {
    return null;
  }
}

export async function browser() {
  if (!axe) throw new Error("axe-core is not installed in target/tools/node");
  const { chromium } = require("playwright-core");
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  return chromium.launch({
    executablePath: found,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
  });
}

// A folder with the demo in it.
export function demo() {
  const folder = mkdtempSync(join(tmpdir(), "desk-"));
  const made = spawnSync(program, ["demo", "--folder", join(folder, "demo"), "--quiet"], { cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`demo: ${made.stderr}`);
  return { folder, config: join(folder, "demo/stillsays.toml"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function run(config, ...words) {
  return told(config, undefined, ...words);
}

// The same with something on standard input: a password.
export function told(config, input, ...words) {
  const ended = spawnSync(program, ["--config", config, ...words], { encoding: "utf8", input, env: { ...process.env, USER: "ben" } });
  return { ...ended, text: ended.stdout };
}

// The program, serving on free ports.
export async function serve(config, ...more) {
  const child = spawn(program, ["--config", config, ...more, "serve", "--listen", "127.0.0.1:0", "--replay", "127.0.0.1:0"],
    { env: { ...process.env, USER: "anna" } });
  let out = "";
  const addresses = await new Promise((done, fail) => {
    child.stdout.on("data", (text) => {
      out += text;
      const found = /site +http:\/\/(\S+?)\/\nreplay +http:\/\/(\S+?)\//.exec(out);
      if (found) done({ site: `http://${found[1]}`, replay: `http://${found[2]}` });
    });
    child.stderr.on("data", (text) => { out += text; });
    child.on("exit", () => fail(new Error(`serve ended: ${out}`)));
  });
  return { ...addresses, stop: () => child.kill("SIGTERM") };
}

// A page of the desk that records what must not happen: dialogs, errors of ours, requests elsewhere.
export async function open(chromium, options = {}) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  // `DESK_SCRIPT=src/web/desk/desk.js` tries a script without building the program.
  if (process.env.DESK_SCRIPT) await page.route("**/assets/*.js", (it) => it.fulfill({ contentType: "text/javascript", path: process.env.DESK_SCRIPT }));
  const faults = [];
  page.on("dialog", (it) => { faults.push(`dialog: ${it.message()}`); it.dismiss(); });
  page.on("pageerror", (it) => faults.push(`error: ${it.message}`));
  page.on("console", (it) => { if (it.type() === "error" && !/^about:|\/web\//.test(it.location().url)) faults.push(`console: ${it.text()} ${it.location().url}`); });
  page.on("request", (it) => { const url = new URL(it.url()); if (/^https?:$/.test(url.protocol) && url.hostname !== "127.0.0.1") faults.push(`request: ${it.url()}`); });
  return { context, page, faults };
}

// What axe says against a page. Our policy forbids scripts of others, so the tool is run in a world of its own.
export async function violations(context, page) {
  const world = await context.newCDPSession(page);
  const { frameTree } = await world.send("Page.getFrameTree");
  const { executionContextId } = await world.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const { result } = await world.send("Runtime.evaluate", { contextId: executionContextId, awaitPromise: true, returnByValue: true,
    expression: `${readFileSync(axe, "utf8")}; axe.run(document, { iframes: false }).then((it) => it.violations.map((it) => it.id + ": " + it.nodes[0].target))` });
  await world.detach();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [...(result.value || ["axe did not run"]), ...(wide > 0 ? [`${wide} px too wide`] : [])];
}

let failed = 0;
// `DESK_ONLY=part of a name|another` runs only the tests with one of them.
export async function test(name, body) {
  if (!(process.env.DESK_ONLY || "").split("|").some((it) => name.includes(it))) return;
  const begun = Date.now();
  try {
    await body();
    console.log(`ok    ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.stack || error).split("\n").slice(0, 6).join("\n      ")}`);
  }
}
export const end = () => process.exit(failed ? 1 : 0);

export function same(is, expected, what = "") {
  if (JSON.stringify(is) !== JSON.stringify(expected)) throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(expected)}`);
}
