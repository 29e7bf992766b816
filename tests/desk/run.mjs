// The desk in a browser: `node tests/desk/run.mjs`. Skipped by name where a tool is missing.
import { readFileSync } from "node:fs";
import { browser, demo, end, open, run, same, serve, test, told, violations } from "./shared.mjs";

let chromium;
try {
  chromium = await browser();
} catch (error) {
  console.log(`skipped: the desk in a browser (${String(error.message).split("\n")[0]})`);
  process.exit(0);
}

const due = (page) => page.textContent("#due").then(Number);
const settled = async (page) => { await page.waitForLoadState("load"); await page.waitForTimeout(60); };

// Presses a key and waits until the page shows another state.
async function press(page, key, counter) {
  counter.presses += 1;
  const before = await page.evaluate(() => document.querySelector("#main").innerText + location.href);
  await page.keyboard.press(key);
  await page.waitForFunction((it) => document.querySelector("#main") && document.querySelector("#main").innerText + location.href !== it, before, { timeout: 20000 });
  await settled(page);
}

await test("all findings of the demo are decided by keyboard in at most 30 presses, then a citation is copied", async () => {
  const made = demo();
  const served = await serve(made.config);
  const { page, faults, context } = await open(chromium);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: served.site });
  await page.goto(served.site);
  const all = await due(page);
  const counter = { presses: 0 };
  await press(page, "Enter", counter);
  for (let turn = 0; turn < 60 && (await due(page)) > 0; turn += 1) {
    await press(page, (await page.$(".all")) ? "Enter" : "a", counter);
  }
  same(await due(page), 0, "what is left");
  console.log(`      ${all} findings, ${counter.presses} presses`);
  if (counter.presses > 30) throw new Error(`${counter.presses} presses`);
  same(JSON.parse(run(made.config, "report", "--format", "json").text).counts.decided, all, "decided in the store");
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.waitForURL(/edits/);
  await page.keyboard.press("c");
  await page.waitForTimeout(100);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  if (!copied.includes("Archived from the original on October 21, 2022")) throw new Error(`copied: ${copied}`);
  same(run(made.config, "verify").status, 0, "verify");
  same(faults, [], "faults");
  await context.close(); served.stop(); made.remove();
});

const made = demo();
const served = await serve(made.config);

await test("every quotation of the demo is marked and in view in its frame", async () => {
  const { page, faults, context } = await open(chromium);
  const report = JSON.parse(run(made.config, "report", "--format", "json").text);
  const findings = [...report.references.map((it) => it.entry), ...report.claims.flatMap((it) => it.entries)].filter(Boolean);
  let marked = 0;
  const missing = [];
  for (const entry of findings) {
    const finding = entry.finding;
    if (!finding.evidence.some((it) => it.quote)) continue;
    await page.goto(`${served.site}/f/${finding.id}`);
    for (const name of ["then", "now"]) {
      const frame = page.frame({ name });
      const src = frame && await page.getAttribute(`iframe[name=${name}]`, "src");
      if (!src || !src.includes("#")) { continue; }
      await frame.waitForLoadState("load");
      const mark = frame.locator(`mark#${src.split("#")[1]}`);
      const outer = await page.locator(`iframe[name=${name}]`).boundingBox();
      let inView = false;
      for (let turn = 0; turn < 160 && !inView; turn += 1) {
        const box = await mark.first().boundingBox();
        inView = Boolean(box && box.y >= outer.y - 1 && box.y < outer.y + outer.height);
        if (!inView) await page.waitForTimeout(50);
      }
      if (!inView) missing.push(`${finding.id} ${name}`);
      marked += 1;
    }
    if (await page.$(".copy > .warn")) missing.push(`${finding.id} warning: ${await page.textContent(".copy > .warn")}`);
  }
  console.log(`      ${marked} marks of ${findings.length} findings in view`);
  same(missing, [], "not in view");
  if (marked < findings.length) throw new Error(`only ${marked} marks`);
  same(faults, [], "faults");
  await context.close();
});

await test("a marked copy has the same text as the copy", async () => {
  const report = JSON.parse(run(made.config, "report", "--format", "json").text);
  const { page, context } = await open(chromium, { javaScriptEnabled: true });
  const texts = new Set();
  for (const entry of report.claims.flatMap((it) => it.entries)) {
    for (const { capture } of entry.finding.evidence) {
      // Without marks, the replay answers with our own captures only.
      if (capture.source) continue;
      const digits = capture.date.replace(/\D/g, "").slice(0, 14);
      texts.add(`${served.replay}/web/${digits}|/${capture.target_uri}|${entry.finding.id}`);
    }
  }
  for (const it of texts) {
    const [start, rest, id] = it.split("|");
    const text = async (address) => { const answer = await page.goto(address); same(answer.status(), 200, address); return page.evaluate(() => { for (const it of document.querySelectorAll("style")) it.remove(); return document.documentElement.textContent; }).catch(() => ""); };
    same(await text(`${start}mk-${id}_${rest}`), await text(`${start}${rest}`), it);
  }
  const wrong = await page.goto(`${[...texts][0].replace(/\|.*/, "")}mk-000000000000_/https://www.thetrustnetwork.net/list-of-centers`);
  same(wrong.status(), 404, "another id");
  await context.close();
});

await test("back keeps the place, and shows what was decided", async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(served.site);
  await page.keyboard.press("j"); await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/work/);
  await settled(page);
  const before = await due(page);
  await press(page, "a", { presses: 0 });
  same(await due(page), before - 1, "left");
  await page.goBack();
  await settled(page);
  same(new URL(page.url()).pathname, "/", "back");
  same(await due(page), before - 1, "left after back");
  same(faults, [], "faults");
  await context.close();
  run(made.config, "review", "--by", "anna", ...(await decided(made)), "undo");
});

// Waits until a finding is current: a decision that teaches, or its undo, changes findings beside the requests.
async function current(of, id) {
  for (let turn = 0; turn < 100; turn += 1) {
    if (/\/work\//.test((await fetch(`${of.site}/f/${id}`)).url)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${id} did not come back`);
}

async function decided(of) {
  const report = JSON.parse(run(of.config, "report", "--format", "json").text);
  const entries = [...report.references.map((it) => it.entry), ...report.claims.flatMap((it) => it.entries)];
  return entries.filter((it) => it && it.need === "decided").map((it) => it.finding.id);
}

await test("five are decided together and undone together", async () => {
  const { page, context } = await open(chromium);
  await page.goto(served.site);
  const before = await due(page);
  await page.click("#p-cb50eaab summary");
  const boxes = page.locator("#p-cb50eaab input[type=checkbox]");
  for (let at = 0; at < 5; at += 1) await boxes.nth(at).check();
  same(await page.textContent(".chosen"), "5 chosen:");
  await page.click(".bar button[value=keep]");
  await page.waitForSelector(".done");
  same(await page.textContent(".done p"), "5 findings: leave the article.");
  same(await due(page), before - 5, "left");
  await page.click(".done button");
  await page.waitForFunction((it) => Number(document.querySelector("#due").textContent) === it, before);
  await context.close();
});

await test("each reason why a finding is wrong is recorded, and taken back", async () => {
  const { page, context } = await open(chromium);
  const reasons = [["410082f4df34", "two spellings of one name"], ["410082f4df34", "two different organizations"], ["c56085631ccc", "it is on the page"],
    ["c56085631ccc", "the copy does not show the page"], ["c56085631ccc", "another reason"]];
  await page.goto(served.site);
  for (const [at, [id, words]] of reasons.entries()) {
    // A reason that teaches changes findings beside the requests; taken back, they come back.
    await current(served, id);
    await page.goto(`${served.site}/f/${id}`);
    await page.keyboard.press("r");
    await press(page, String(at + 1), { presses: 0 });
    same((await page.textContent(".done p")).includes(`wrong: ${words}.`), true, words);
    await press(page, "u", { presses: 0 });
    same((await page.textContent(".done p")).includes("back to the decision before"), true, `undo of ${words}`);
  }
  await current(served, "c56085631ccc");
  await page.goto(`${served.site}/f/c56085631ccc`);
  await page.keyboard.press("r");
  await press(page, "1", { presses: 0 });
  same((await page.textContent("main")).includes("this reason does not fit"), true, "a reason that does not fit");
  await context.close();
});

await test("of two who decide at once the second is told, nothing is lost, and both ways on work", async () => {
  const other = await serve(made.config, "--set", "reviewer=ben");
  const anna = await open(chromium); const ben = await open(chromium);
  await anna.page.goto(`${served.site}/f/e95c1439147f`);
  await ben.page.goto(`${other.site}/f/e95c1439147f`);
  await ben.page.fill("#note", "two centers");
  await ben.page.click("button[value=keep]");
  await ben.page.waitForSelector(".done");
  await anna.page.fill("#note", "my note");
  await anna.page.click("#one button[value=edit]");
  await anna.page.waitForSelector(".message");
  const says = await anna.page.textContent("main");
  if (!/ben decided this just now: leave the article, “two centers”\. Your decision was not saved\./.test(says)) throw new Error(says);
  await anna.page.click("button.main");
  await anna.page.waitForSelector(".done");
  const report = JSON.parse(run(made.config, "report", "--format", "json").text);
  const both = report.decided.filter((it) => JSON.stringify(it).includes("e95c1439147f"));
  if (both.length !== 2) throw new Error(`${both.length} records`);
  other.stop(); await anna.context.close(); await ben.context.close();
});

await test("a form that is too old keeps the note, and is sent again", async () => {
  const send = (token, fields) => fetch(`${served.site}/decide`, { method: "POST", headers: { Origin: served.site }, redirect: "manual",
    body: new URLSearchParams({ token, act: "keep", finding: "ba2af3dbb121", at: "x", note: "kept", ...fields }) });
  const old = await send("old");
  same(old.status, 403);
  const text = await old.text();
  same(text.includes("Your session has expired"), true, "said");
  same(text.includes('name="note" value="kept"'), true, "the note");
  const token = /name="token" value="(\w+)"/.exec(text)[1];
  same((await send(token)).status, 303, "sent again");
});

await test("everything works without the script", async () => {
  const { page, context } = await open(chromium, { javaScriptEnabled: false });
  await page.goto(served.site);
  const before = await due(page);
  await page.click(".queue .go");
  await page.waitForSelector("#one");
  await page.click("#one button[value=edit]");
  await page.waitForSelector(".done");
  same(await due(page), before - 1, "left");
  await page.click(".done button");
  await page.waitForSelector(".done:has-text('back to the decision before')");
  same(await due(page), before, "after undo");
  await page.click(".views a:nth-child(2)");
  await page.waitForSelector(".diff");
  await context.close();
});

await test("the article has its claims marked, each with its sign and what was found", async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(`${served.site}/p/trust-network`);
  const mark = page.locator(".article a", { hasText: "Restorative Justice Community Action" });
  same(await mark.textContent(), "Restorative Justice Community Action✕");
  const says = await mark.getAttribute("title");
  if (!/^absent\. .*[0-9]{4}/.test(says)) throw new Error(says);
  same(await mark.evaluate((it) => { it.focus(); return getComputedStyle(it, "::after").content.length > 20; }), true, "shown on focus");
  const text = await page.locator(".article").evaluate((it) => { for (const sign of it.querySelectorAll(".sign")) sign.remove(); return it.textContent; });
  const article = readFileSync(new URL("../../snapshots/demo-article.txt", import.meta.url), "utf8");
  same(text.replace(/\s+/g, " ").trim(), article.replace(/\s+/g, " ").trim(), "the text");
  await page.locator(".article a", { hasText: "Restorative Justice Community Action" }).click();
  await page.waitForURL(/work\/.*f=/);
  same(await page.textContent("#on strong"), "Restorative Justice Community Action");
  same(faults, [], "faults");
  await context.close();
});

await test("a reference has its bands, its calendar, and what each copy has of the cited words", async () => {
  const { page, context } = await open(chromium);
  await page.goto(`${served.site}/p/trust-network/references/2`);
  same(await page.locator(".band li").count() > 1, true, "bands");
  same((await page.textContent(".band")).includes("soft 404"), true, "soft 404");
  await page.click(".calendar summary");
  same(await page.locator(".calendar td .badge").count(), 3, "days with captures");
  await page.goto(`${served.site}/p/trust-network/references/4`);
  same(await page.locator("table details summary").allTextContents(), ["7 of 9 cited words or names", "7 of 9 cited words or names", "9 of 9 cited words or names"]);
  await page.goto(`${served.site}/f/410082f4df34?view=copies`);
  same((await page.locator("#beside tbody tr .badge").allTextContents()).map((it) => it.trim()), ["→ renamed", "→ renamed", "✓ present"]);
  await context.close();
});

await test("the evidence packet of a finding is one click away", async () => {
  const { page, context } = await open(chromium);
  await page.goto(`${served.site}/f/410082f4df34`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Evidence packet")]);
  same(download.suggestedFilename(), "evidence-410082f4df34.wacz");
  same(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
  same((await fetch(`${served.site}/f/000000000000/evidence.wacz`)).status, 404);
  await context.close();
});

await test("what the reader missed is marked by hand, and shown in the copy", async () => {
  const { page, context } = await open(chromium);
  await page.goto(`${served.site}/f/c56085631ccc?view=text`);
  await page.evaluate(() => { const line = document.querySelector(".text .hunk p span, .text .hunk p ins"); getSelection().selectAllChildren(line); });
  const chosen = await page.evaluate(() => String(getSelection()).trim());
  await page.keyboard.press("r");
  same(await page.inputValue("#words"), chosen.replace(/\s+/g, " "), "taken from the selection");
  await page.goto(`${served.site}/f/c56085631ccc`);
  const words = await page.frame({ name: "now" }).evaluate(() => document.querySelector("h1").textContent.trim());
  await page.click(".wrong summary");
  await page.fill("#words", ` ${words.toUpperCase()} `);
  await page.click("button[value='wrong:on-page']");
  await page.waitForSelector(".done");
  same((await page.textContent(".done p")).includes(`it is on the page, “${words}”`), true, await page.textContent(".done p"));
  await page.goto(`${served.site}/f/c56085631ccc`);
  same((await page.locator("#on blockquote", { hasText: "marked by hand" }).count()), 1, "shown");
  same((await page.getAttribute("iframe[name=now]", "src")).includes("#s"), true, "marked in the copy");
  const missed = run(made.config, "recheck").text;
  same(missed.includes(words), true, missed);
  run(made.config, "review", "--by", "anna", "c56085631ccc", "undo");
  await context.close();
});

await test("narrow screens show one copy at a time, first the one with the words", async () => {
  const { page, context } = await open(chromium, { viewport: { width: 800, height: 800 }, javaScriptEnabled: false });
  await page.goto(`${served.site}/f/c56085631ccc`);
  const seen = () => Promise.all(["then", "now"].map((it) => page.locator(`.copy.${it}`).isVisible()));
  same(await seen(), [true, false], "absent words are in the older copy");
  await page.click("text=Now: 2026-09-15");
  same(await seen(), [false, true]);
  await page.goto(`${served.site}/f/410082f4df34`);
  same(await seen(), [false, true], "the new name");
  await page.setViewportSize({ width: 1280, height: 800 });
  same(await seen(), [true, true], "wide screens show both");
  await context.close();
});

await test("no axe violation, nothing wider than the screen: every page, both themes, 320 to 1280 px", async () => {
  const report = JSON.parse(run(made.config, "report", "--format", "json").text);
  const claim = report.claims[3].id;
  const paths = ["/", "/?show=all", "/?q=nothing-of-that-name", "/f/410082f4df34", "/f/c56085631ccc", "/f/ba2af3dbb121", "/f/410082f4df34?view=text", "/work/cb50eaab?f=410082f4df34&view=list",
    "/p/trust-network", `/p/trust-network/claims/${claim}`, "/p/trust-network/references/4", "/p/trust-network/edits?open=1", "/activity", "/hosts", "/keys", "/archive", "/nothing", "/api", "/report/trust-network", "/f/410082f4df34?view=copies", "/p/trust-network/references/2",
    "/captures/https://www.thetrustnetwork.net/list-of-centers", "/view/20221021140000/https://www.thetrustnetwork.net/list-of-centers",
    "/compare/20221021140000/20260915060000/https://www.thetrustnetwork.net/list-of-centers"];
  const faults = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 390, 800, 1280]) {
      const { page, context } = await open(chromium, { viewport: { width, height: 800 }, colorScheme });
      for (const path of paths) {
        await page.goto(served.site + path);
        for (const it of await violations(context, page)) faults.push(`${path} ${width} ${colorScheme}: ${it}`);
      }
      await context.close();
    }
  }
  same(faults, [], "faults");
});

await test("log-in, people and the pages of an admin have no axe violation", async () => {
  const own = demo();
  const password = "correct horse battery\n";
  for (const [name, role] of [["ada", "admin"], ["vera", "viewer"]]) {
    const made = told(own.config, password, "user", "add", name, "--role", role, "--password-stdin");
    if (made.status !== 0) throw new Error(made.stderr);
  }
  told(own.config, password, "user", "token", "ada", "--scope", "read", "--name", "script");
  const service = await serve(own.config);
  const faults = [];
  for (const [width, colorScheme] of [[320, "light"], [1280, "light"], [390, "dark"]]) {
    const { page, context } = await open(chromium, { viewport: { width, height: 800 }, colorScheme });
    const log = async (name, word) => { await page.fill("input[name=name]", name); await page.fill("input[name=password]", word); await page.click("button.main"); await settled(page); };
    const look = async (what) => { for (const it of await violations(context, page)) faults.push(`${what} ${width} ${colorScheme}: ${it}`); };
    await page.goto(`${service.site}/people`);
    await look("/login");
    await log("mallory", "wrong horse battery");
    same((await page.textContent("main")).includes("Wrong name or password."), true);
    await look("/login refused");
    await log("ada", password.trim());
    same(new URL(page.url()).pathname, "/people");
    await look("/people");
    for (const path of ["/", "/activity", "/api"]) { await page.goto(service.site + path); await look(path); }
    if (width === 1280) {
      await page.goto(`${service.site}/activity`);
      same((await page.textContent("main")).includes("log-in failed"), true, "failed log-ins are told");
    }
    await context.close();
  }
  same(faults, [], "faults");
  const { page, context } = await open(chromium);
  await page.goto(`${service.site}/f/410082f4df34`);
  await page.fill("input[name=name]", "vera"); await page.fill("input[name=password]", password.trim()); await page.click("button.main");
  await page.waitForSelector("#on");
  same(await page.locator("button[name=act]").count(), 0, "buttons of a viewer");
  await page.goto(`${service.site}/activity`);
  same((await page.textContent("main")).includes("log-in failed"), false, "only admins see what was typed at log-ins");
  await context.close(); service.stop(); own.remove();
});

await test("who else has a page open is said on the desk and on the page", async () => {
  const own = demo();
  for (const [name, role] of [["ada", "admin"], ["ben", "reviewer"]]) told(own.config, "correct horse battery\n", "user", "add", name, "--role", role, "--password-stdin");
  const service = await serve(own.config);
  const [ada, ben] = [await open(chromium), await open(chromium)];
  for (const [it, name] of [[ada, "ada"], [ben, "ben"]]) {
    await it.page.goto(`${service.site}/`);
    await it.page.fill("input[name=name]", name); await it.page.fill("input[name=password]", "correct horse battery"); await it.page.click("button.main");
    await it.page.waitForSelector(".queue");
  }
  await ben.page.goto(`${service.site}/f/410082f4df34`);
  await ada.page.reload();
  same(await ada.page.locator("#p-cb50eaab .here").textContent(), "ben has it open");
  await ada.page.goto(`${service.site}/f/410082f4df34`);
  same((await ada.page.textContent(".head")).includes("ben has this page open, too"), true);
  await ben.page.goto(`${service.site}/`);
  await ada.page.reload();
  same(await ada.page.locator(".head .here").count(), 0, "after ben left");
  await ada.context.close(); await ben.context.close(); service.stop(); own.remove();
});

await test("what others decide is offered as a notice, and shown on request", async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(served.site);
  const before = await due(page);
  await page.waitForTimeout(2500);
  run(made.config, "review", "--by", "ben", "5538d53b6658", "accept");
  await page.waitForSelector("#news:not([hidden])", { timeout: 20000 });
  same(await page.textContent("#news p"), `ben decided something here. ${before - 1} to decide now.`);
  same(await due(page), before, "nothing moves unasked");
  await page.click("#news button");
  same(await due(page), before - 1, "after the click");
  same(await page.isVisible("#news"), false, "the notice");
  run(made.config, "review", "--by", "ben", "5538d53b6658", "undo");
  await page.waitForSelector("#news:not([hidden])", { timeout: 20000 });
  same(await page.textContent("#news p"), "ben decided something here. 1 more to decide now.");
  same(faults, [], "faults");
  await context.close();
});

await test("what follows from a decision is said as soon as it is known", async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(`${served.site}/f/410082f4df34`);
  await page.waitForTimeout(2500);
  await page.keyboard.press("r");
  await press(page, "2", { presses: 0 });
  same((await page.textContent(".done p")).includes("Other findings are being compared again."), true, await page.textContent(".done p"));
  await page.waitForFunction(() => document.querySelector(".done p").textContent.includes("2 findings are new because of it."), null, { timeout: 30000 });
  await press(page, "u", { presses: 0 });
  await current(served, "410082f4df34");
  same(faults, [], "faults");
  await context.close();
});

await test("a finding is copied as text", async () => {
  const { page, context } = await open(chromium);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: served.site });
  await page.goto(`${served.site}/f/410082f4df34`);
  await page.click("text=Copy as text");
  await page.waitForSelector("#news:has-text('Copied.')");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const it of ["renamed: Cleveland Mediation Center", "The article says: The convening centers", "sha256", `${served.site}/f/410082f4df34`]) {
    if (!copied.includes(it)) throw new Error(`${it} is missing: ${copied}`);
  }
  await context.close();
});

await test("the next page is loaded ahead", async () => {
  const { page, faults, context } = await open(chromium);
  const asked = [];
  page.on("request", (it) => { if (it.url().includes("/work/") && it.method() === "GET") asked.push(it.headers().purpose || "opened"); });
  await page.goto(`${served.site}/f/410082f4df34`);
  await page.waitForTimeout(1500);
  same(asked.includes("prefetch"), true, "asked ahead");
  const title = await page.textContent("h1");
  const opened = asked.filter((it) => it === "opened").length;
  await press(page, "J", { presses: 0 });
  same(await page.textContent("h1") !== title, true, "another page");
  same(asked.filter((it) => it === "opened").length, opened, "requests after the key");
  same(faults, [], "faults");
  await context.close();
});

await test("forced colours and print show every page", async () => {
  const { page, context } = await open(chromium, { forcedColors: "active" });
  await page.goto(`${served.site}/f/410082f4df34`);
  same(await page.locator("#on .badge").first().evaluate((it) => getComputedStyle(it).borderTopStyle), "solid");
  await page.emulateMedia({ media: "print" });
  same(await page.locator("iframe").first().isVisible(), false, "frames in print");
  same(await page.locator("#on blockquote").first().isVisible(), true, "quotes in print");
  await context.close();
});

await test("a form from elsewhere decides nothing", async () => {
  const { page, context } = await open(chromium);
  await page.goto(`${served.site}/f/410082f4df34`);
  const token = await page.getAttribute("input[name=token]", "value");
  const body = new URLSearchParams({ token, act: "keep", finding: "410082f4df34" });
  for (const headers of [{}, { Origin: "null" }, { Origin: served.replay }, { Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
    const answer = await fetch(`${served.site}/decide`, { method: "POST", body, headers, redirect: "manual" });
    same(answer.status, 403, JSON.stringify(headers));
  }
  const wrong = await fetch(`${served.site}/decide`, { method: "POST", body: new URLSearchParams({ token: "x", act: "keep", finding: "410082f4df34" }), headers: { Origin: served.site }, redirect: "manual" });
  same(wrong.status, 403, "another token");
  const right = await fetch(`${served.site}/decide`, { method: "POST", body, headers: { Origin: served.site }, redirect: "manual" });
  same(right.status, 303, "the right one");
  await context.close();
});

served.stop();
made.remove();
await chromium.close();
end();
