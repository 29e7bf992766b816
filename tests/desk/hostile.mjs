// Pages, names, titles, notes and people that try to leave their frame: `node tests/desk/hostile.mjs`. All of it is our own writing.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browser, end, open, program, same, serve, test } from "./shared.mjs";

let chromium;
try {
  chromium = await browser();
} catch (error) {
  console.log(`skipped: the hostile corpus in a browser (${String(error.message).split("\n")[0]})`);
  process.exit(0);
}

// What stands around the list, once before it and once after it on each page.
const tricks = [
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><script>alert(2)</script></svg>",
  "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>", "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
  "<math href='javascript:alert(1)'>m</math>", "<a href='javascript:alert(1)'>j</a>", "<a href='data:text/html,<script>alert(1)</script>'>d</a>",
  "<a href='https://outside.example/' target=_top>t</a>", "<form action='https://outside.example/'><button>b</button></form>",
  "<meta http-equiv=refresh content='0;url=https://outside.example/'>", "<base href='https://outside.example/'>",
  "<iframe src='https://outside.example/'></iframe>", "<iframe srcdoc='<script>top.location=1</script>'></iframe>",
  "<object data='https://outside.example/x.swf'></object>", "<embed src='https://outside.example/x'>",
  "<link rel=stylesheet href='https://outside.example/x.css'>", "<link rel=preload as=image href='https://outside.example/x.png'>",
  "<style>@import 'https://outside.example/x.css';</style>", "<style>body{background:url(https://outside.example/b.png)}</style>",
  "<style>*{position:fixed!important;inset:0;z-index:99999}</style>", "<style>mark{display:none!important}</style>",
  "<style>mark{font-size:0!important;opacity:0!important}</style>", "<style>[data-stillsays]{visibility:hidden!important}</style>",
  "<style>mark::after{content:'not so'}</style>", "<script>if(top!==self)top.location=self.location</script>",
  "<script>navigator.serviceWorker.register('/sw.js')</script>", "<template shadowrootmode=open><script>alert(1)</script></template>",
  "<div><template shadowrootmode=open><slot></slot></template></div>", "<video src='https://outside.example/v.mp4' autoplay></video>",
  "<img srcset='https://outside.example/1.png 1x, https://outside.example/2.png 2x'>", "<img src='//outside.example/x.png'>",
  "<image href='https://outside.example/x.png'>", "<svg><use href='https://outside.example/x.svg#a'/></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>", "<svg><animate attributeName=href to='javascript:alert(1)'/></svg>",
  "<b id=s00000000 data-stillsays>pretended</b>", "<mark data-stillsays=''>pretended mark</mark>", "<p id=main>id of ours</p>",
  "<textarea><mark>x</mark>", "<title><mark>x</mark></title>", "<noscript><img src='https://outside.example/n.png'></noscript>",
  "<plaintext>", "<xmp><script>alert(1)</script></xmp>", "<!--><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>",
  "<select><option><mark>x</select>", "<table><tr><script>alert(1)</script></table>", "<button onclick=alert(1) autofocus onfocus=alert(2)>f</button>",
  "<details ontoggle=alert(1) open>d</details>", "<dialog open>dialog</dialog>", "<input autofocus onfocus=alert(1)>",
  "<a ping='https://outside.example/p' href='#x'>ping</a>", "<p style='background:url(https://outside.example/s.png)'>s</p>",
  "<p style='position:fixed;inset:0;background:#fff;z-index:9'>cover</p>", "<marquee onstart=alert(1)>m</marquee>",
  "<audio src='https://outside.example/a.ogg' autoplay></audio>", "<frameset><frame src='https://outside.example/'></frameset>",
  "<isindex action='javascript:alert(1)'>", "<keygen autofocus onfocus=alert(1)>", "\u202eright to left\u202c \u0007\u001b[31m bell",
];
const names = ["<script>alert(1)</script> Trust", "\"><img src=x onerror=alert(1)> Council", "' onmouseover='alert(1) Forum", "{{7*7}} Alliance",
  "\u202eevil\u202c Network", "=HYPERLINK(\"https://outside.example\") Union", "__proto__ Society", "constructor League",
  `${"Long ".repeat(400)}Association`, "javascript:alert(1) Federation", "Plain River Trust", "Plain Hill Trust"];

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const folder = mkdtempSync(join(tmpdir(), "hostile-"));
mkdirSync(join(folder, "profiles"));
writeFileSync(join(folder, "s.toml"), 'store = "a.db"\nprofiles = "profiles"\nreviewer = "<b onmouseover=alert(1)>anna</b>"\n');
const record = (url, date, html) => {
  const block = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`);
  const id = `${"0".repeat(8)}-0000-4000-8000-${Buffer.from(url + date).toString("hex").slice(-12)}`;
  return Buffer.concat([Buffer.from(`WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: ${url}\r\nWARC-Date: ${date}\r\nWARC-Record-ID: <urn:uuid:${id}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${block.length}\r\n\r\n`), block, Buffer.from("\r\n\r\n")]);
};
const warc = [];
let profile = `format = 1\ntitle = ${JSON.stringify("<script>alert(1)</script> \"Article\" \u202e")}\n`;
tricks.forEach((trick, at) => {
  const url = `https://site${at}.example/members?q=%3Cscript%3E`;
  const own = names.map((it, index) => `${it} ${at}${index}`);
  const list = (all) => `<h2>Members</h2><ul>${all.map((it) => `<li>${escaped(it)}</li>`).join("")}</ul>`;
  const prose = "<p>We meet on the hill, talk about what the town needs, and write down what we agree on.</p>".repeat(12);
  const page = (all) => `<!doctype html><title>Members</title><main><h1>Members</h1>${prose}${list(all)}${trick}${prose}</main>`;
  warc.push(record(url, "2023-05-04T10:00:00Z", page(own)), record(url, "2026-09-01T10:00:00Z", page([...own.slice(3), `${names[0]} new ${at}`])));
  profile += `\n[[references]]\nnumber = ${at + 1}\ntitle = ${JSON.stringify(`${trick.slice(0, 60)} page`)}\nurl = ${JSON.stringify(url)}\naccessed = 2023-05-04\n`;
});
tricks.forEach((_, at) => {
  const own = names.map((it, index) => JSON.stringify(`${it} ${at}${index}`));
  profile += `\n[[claims]]\nid = "members-${at}"\nkind = "listed"\ncites = [${at + 1}]\nrelation = "<img src=x onerror=alert(1)>"\nsentence = ${JSON.stringify(`Members are ${names[0]} ${at}0 and others <script>alert(3)</script>.`)}\nnames = [${own.join(", ")}]\n`;
});
writeFileSync(join(folder, "profiles/hostile.toml"), profile);
writeFileSync(join(folder, "all.warc"), Buffer.concat(warc));
for (const words of [["import", "all.warc"], ["recheck"]]) {
  const ended = spawnSync(program, ["--config", "s.toml", "--quiet", ...words], { cwd: folder, encoding: "utf8" });
  if (ended.status > 1) throw new Error(`${words}: ${ended.stderr}`);
}
const served = await serve(join(folder, "s.toml"), "--set", `store=${join(folder, "a.db")}`, "--set", `profiles=${join(folder, "profiles")}`);

await test(`${tricks.length} hostile pages: no dialog, no request elsewhere, no navigation of ours, no error of ours, nothing moved`, async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(served.site);
  const works = await page.locator(".queue .go").evaluateAll((all) => all.map((it) => it.href));
  if (works.length < 50) throw new Error(`${works.length} pages in the queue`);
  let marked = 0;
  for (const work of works) {
    await page.goto(work);
    await page.waitForTimeout(40);
    same(page.url(), work, "the address");
    const box = await page.locator("#list").boundingBox();
    if (!box || Math.round(box.x) !== 16 || box.width < 300) faults.push(`${work}: the list is at ${JSON.stringify(box)}`);
    for (const name of ["then", "now"]) {
      const frame = page.frame({ name });
      const visible = frame && await frame.locator("mark[data-stillsays][id^=s]").first().isVisible().catch(() => false);
      if (visible) marked += 1;
    }
  }
  console.log(`      ${marked} of ${works.length * 2} copies with visible marks`);
  for (const path of ["/?show=all&rows=1000", "/p/hostile", "/p/hostile/claims/members-0", "/p/hostile/references/1", "/p/hostile/edits?open=1", "/activity", "/archive", "/report/hostile"]) {
    await page.goto(served.site + path);
    await page.waitForTimeout(100);
    same(new URL(page.url()).pathname, path.split("?")[0], "the address");
  }
  same(faults, [], "faults");
  await context.close();
});

await test("a hostile note and a hostile name stay text", async () => {
  const { page, faults, context } = await open(chromium);
  await page.goto(served.site);
  await page.click(".queue .go");
  await page.waitForSelector("#note");
  await page.fill("#note", "<img src=x onerror=alert(1)> \u202e {{1}}");
  await page.click("#one button[value=edit]");
  await page.waitForSelector(".done");
  await page.goto(`${served.site}/activity`);
  same(await page.locator("td img, td b").count(), 0, "elements");
  same(faults, [], "faults");
  await context.close();
});

served.stop();
rmSync(folder, { recursive: true, force: true });
await chromium.close();
end();
