// The script of the desk. Every act is a link or a form that works without it; it saves clicks and keeps the place.
"use strict";

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const html = window.trustedTypes
  ? trustedTypes.createPolicy("desk", { createHTML: (text) => text })
  : { createHTML: (text) => text };

// Keys can be off, plain, or with Alt and Shift (WCAG 2.1.4).
const keys = () => localStorage.getItem("keys") || "on";
const undone = () => JSON.parse(sessionStorage.getItem("acts") || "[]");
const remember = (acts) => sessionStorage.setItem("acts", JSON.stringify(acts.slice(-500)));

function say(text) {
  const status = one("#said");
  if (status) status.textContent = text;
}

// A frame that has loaded before it was painted does not scroll to its words by itself.
const nudge = (frame) => frame.contentWindow.location.replace(frame.dataset.at);
addEventListener("load", () => all("iframe[name]").forEach(nudge));

// Frames go to another place of the same copy without a load, and leave no step behind for "Back".
function frames(fresh) {
  for (const frame of all("iframe[name]")) {
    const next = one(`iframe[name="${frame.name}"]`, fresh);
    if (next && next.getAttribute("src") !== frame.dataset.at) {
      frame.dataset.at = next.getAttribute("src");
      frame.contentWindow.location.replace(next.src);
      frame.title = next.title;
    }
  }
}

// Puts a page of the desk in place of the one that is shown; frames that show the same two copies stay.
function show(text, address) {
  const fresh = new DOMParser().parseFromString(html.createHTML(text), "text/html");
  const main = one("main", fresh);
  if (!main) return location.assign(address);
  const same = one(".pair") && one(".pair", fresh) && all("iframe").length === all("iframe", fresh).length;
  if (same) {
    frames(fresh);
    for (const part of [".head", "#list"]) one(part).replaceWith(one(part, fresh));
    for (const part of all("main > .done, main > .all")) part.remove();
    for (const part of all("main > .done, main > .all", fresh)) one(".work").before(part);
    all(".copy").forEach((copy, at) => {
      one("header", copy).replaceWith(one("header", all(".copy", fresh)[at] || main) || one("header", copy));
      const warn = one(".copy > .warn", copy.parentNode);
      if (warn && warn.parentNode === copy) warn.remove();
      const remark = all(".copy", main)[at] && one(".warn", all(".copy", main)[at]);
      if (remark) one("header", copy).after(remark);
    });
    one(".views").replaceWith(one(".views", fresh));
    if (one(".tabs") && one(".tabs", fresh)) one(".tabs").replaceWith(one(".tabs", fresh));
  } else {
    one("main").replaceWith(main);
  }
  one(".mast").replaceWith(one(".mast", fresh));
  document.title = fresh.title;
  one("#news").hidden = true;
  history.replaceState(null, "", address);
  begin();
  const done = one(".done p, .all");
  say(done ? done.textContent : "");
  const chosen = one("#on");
  if (chosen) {
    chosen.tabIndex = -1;
    chosen.focus({ preventScroll: true });
    chosen.scrollIntoView({ block: "nearest" });
  } else {
    one("main").focus({ preventScroll: true });
  }
}

// The page that comes next, loaded while this one is read; what was decided since makes it stale.
let ahead = null;
async function prefetch() {
  const next = one(".work") && (one(".all a.next") || one("a.next"));
  if (!next || (ahead && ahead.href === next.href)) return;
  const kept = { href: next.href, at: Date.now() };
  ahead = kept;
  try {
    const answer = await fetch(next.href, { headers: { Accept: "text/html", Purpose: "prefetch" } });
    if (!answer.ok) return;
    kept.text = await answer.text();
    kept.url = answer.url;
  } catch {
    // It is loaded when it is needed.
  }
}

let busy = false;
// How many pages were asked for: what was asked for elsewhere before the last one is stale.
let turn = 0;
async function load(address, options) {
  if (busy) return;
  busy = true;
  turn += 1;
  const kept = ahead;
  ahead = null;
  try {
    if (!options && kept && kept.href === address && kept.text && Date.now() - kept.at < 60000) {
      show(kept.text, kept.url);
      // The server learns that the page is open now.
      fetch(address, { method: "HEAD" }).catch(() => {});
      return true;
    }
    const answer = await fetch(address, { headers: { Accept: "text/html" }, ...options });
    show(await answer.text(), answer.url);
    return answer.ok;
  } catch {
    say("The server did not answer. Nothing was lost: try again.");
    return false;
  } finally {
    busy = false;
  }
}

// What happens elsewhere: the numbers in the head change at once, and a notice offers the page as it is now.
let events = null;
let looks = 0;
const listed = (from) => one("#list, .queue, .lead", from) && all("#list, .queue, .lead", from).map((it) => it.textContent.replace(/\s+/g, " ")).join("");

async function look(why) {
  if (busy || document.hidden) return;
  const [here, before] = [location.href, turn];
  const chosen = one("input[name=finding][type=checkbox]:checked") || all("#note, #words, #until").some((it) => it.value !== it.defaultValue);
  const answer = await fetch(here, { headers: { Accept: "text/html", Purpose: "prefetch" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const text = await answer.text();
  if (busy || turn !== before) return;
  const fresh = new DOMParser().parseFromString(html.createHTML(text), "text/html");
  const done = one("main > .done[data-follows]");
  if (done && one("main > .done", fresh)) {
    done.replaceWith(one("main > .done", fresh));
    say(one("main > .done p").textContent);
  }
  const [shown, after] = [one("#due"), one("#due", fresh)];
  if (!shown || !after) return;
  const [old, due] = [Number(shown.textContent), Number(after.textContent)];
  if (listed(fresh) === listed(document)) {
    shown.textContent = due;
    return;
  }
  const news = one("#news");
  one("p", news).textContent = `${why} ${due > old ? `${due - old} more to decide` : `${due} to decide`} now.${chosen ? " Your note and your choices are lost if you show it." : ""}`;
  one("button", news).onclick = () => { news.hidden = true; ahead = null; show(text, here); };
  news.hidden = false;
}

// One look for all that happens within half a second.
function soon(why) {
  const number = looks += 1;
  ahead = null;
  setTimeout(() => { if (number === looks) look(why); }, 500);
}

function listen() {
  if (events || document.hidden || !one(".mast[data-me]") || !one("#list, .queue, .lead")) return;
  events = new EventSource("/api/v1/events");
  events.addEventListener("found", () => soon("Findings have changed."));
  events.addEventListener("run-ended", () => soon("A run has ended."));
  events.addEventListener("decided", (event) => {
    const { by, via } = JSON.parse(event.data);
    if (by !== one(".mast").dataset.me || via !== "desk") soon(`${by} decided something here.`);
  });
}

function deafen() {
  if (events) events.close();
  events = null;
}
// A page in the background needs no connection: browsers have few for one site.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return deafen();
  listen();
  if (one("#list, .queue, .lead")) soon("Something has changed.");
});
addEventListener("pagehide", deafen);

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const act = body.get("act");
  const acts = undone();
  if (await load(form.action, { method: "POST", body })) {
    const done = one(".done[data-undo]");
    if (act === "undo") acts.splice(acts.lastIndexOf(body.get("finding")), 1);
    else if (done && done.dataset.undo) acts.push(done.dataset.undo);
    remember(acts);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/decide" || !one(".work")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.pick, a.next, a.before, .views a, .copy nav a.earlier, .copy nav a.later");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  load(link.href);
});

function count() {
  for (const note of all(".chosen")) {
    const form = note.closest("form");
    const chosen = new Set([...form.elements].filter((it) => it.type === "checkbox" && it.checked).map((it) => it.value)).size;
    note.textContent = chosen ? `${chosen} chosen:` : note.dataset.none;
  }
}
// The table of names and the list beside it have a box for the same finding.
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=finding][type=checkbox]")) {
    for (const it of all(`input[name=finding][value="${event.target.value}"]`)) it.checked = event.target.checked;
  }
  count();
});

// Without TLS, browsers let only pages of this machine write to the clipboard: the text is shown to be copied by hand.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
    const news = one("#news");
    one("p", news).textContent = "Copied.";
    one("button", news).hidden = true;
    news.hidden = false;
    setTimeout(() => { if (one("p", news).textContent === "Copied.") news.hidden = true; one("button", news).hidden = false; }, 1500);
  } catch {
    const field = one("[data-copy]");
    if (!field) return;
    field.closest("details").open = true;
    field.focus();
    field.select();
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy-form");
  if (button) copy(one("pre", button.closest(".form")).textContent);
  if (event.target.closest("a.as-text")) {
    event.preventDefault();
    copy(one("[data-copy]").value);
  }
  for (const menu of all(".mast details[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The next or previous line of the queue, or finding of the page.
function walk(step) {
  const queue = all(".queue .go");
  if (queue.length) {
    const at = queue.indexOf(document.activeElement);
    const next = queue[Math.min(Math.max(at + step, 0), queue.length - 1)];
    next.focus();
    return;
  }
  const lines = all("#list .lines li");
  const at = lines.findIndex((it) => it.classList.contains("on"));
  for (let next = at + step; lines[next]; next += step) {
    const link = one("a.pick", lines[next]);
    if (link && (!link.closest("details") || link.closest("details").open)) return load(link.href);
  }
}

function press(selector) {
  const found = one(selector);
  if (found) found.click();
  return Boolean(found);
}

function decide(act) {
  const chosen = all("#list input[type=checkbox]:checked, .queue input[type=checkbox]:checked");
  press(`${chosen.length ? "#batch" : "#one"} button[value="${act}"]`);
}

function choose(everything) {
  const boxes = everything ? all("input[name=finding][type=checkbox]") : all("#on input[type=checkbox], li:focus-within > details input[type=checkbox]");
  const on = boxes.some((it) => !it.checked);
  for (const box of boxes) box.checked = on;
  count();
}

async function undo() {
  const acts = undone();
  const last = acts.at(-1);
  const token = one("input[name=token]");
  if (!last || !token) return say("There is nothing of yours to take back in this tab.");
  const body = new URLSearchParams({ token: token.value, act: "undo", finding: last, back: location.pathname + location.search });
  const work = one("#batch input[name=at], #one input[name=at]");
  if (work) {
    body.set("at", work.value);
    body.set("filter", one("input[name=filter]", work.form).value);
  }
  if (await load("/decide", { method: "POST", body })) {
    acts.pop();
    remember(acts);
  }
}

// Words of the page that are selected in the view of texts are those that a rejection is about.
function mark() {
  const chosen = getSelection();
  const field = one("#words");
  const inside = chosen.anchorNode && chosen.anchorNode.parentElement.closest(".text");
  if (field && inside && String(chosen).trim()) field.value = String(chosen).trim().replace(/\s+/g, " ");
}
document.addEventListener("toggle", (event) => { if (event.target.matches(".wrong")) mark(); }, true);

function view() {
  const views = all(".views a");
  const at = views.findIndex((it) => it.hasAttribute("aria-current"));
  if (views.length) load(views[(at + 1) % views.length].href);
}

let after = "";
const plain = {
  j: () => walk(1),
  k: () => walk(-1),
  J: () => press("a.next") || walk(1),
  K: () => press("a.before"),
  Enter: () => document.activeElement === document.body && press(one(".all a.next") ? ".all a.next" : ".queue .go"),
  a: () => decide("edit"),
  l: () => decide("keep"),
  w: () => decide("later"),
  r: () => { const wrong = one(".wrong"); if (wrong) { mark(); wrong.open = true; after = "r"; } },
  u: undo,
  n: () => one("#note") && one("#note").focus(),
  x: () => choose(false),
  X: () => choose(true),
  "[": () => press("a.earlier"),
  "]": () => press("a.later"),
  v: view,
  c: () => one("[data-copy], .form pre") && copy(one("[data-copy]") ? one("[data-copy]").value : one(".form pre").textContent),
  "/": () => one(".mast input").focus(),
  g: () => { after = "g"; },
  Escape: () => press("[data-key=Escape]"),
  "?": () => location.assign("/keys"),
};
const wrong = ["same-name", "other-body", "on-page", "bad-copy", "other"];
const go = { d: "/", e: () => one("[data-go=e]").href, p: () => (one("[data-go=p]") || { href: "/" }).href };

document.addEventListener("keydown", (event) => {
  const mode = keys();
  const modified = mode === "alt" ? !(event.altKey && event.shiftKey) : event.altKey;
  if (mode === "off" || modified || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = mode === "alt" ? event.code.replace(/^Key/, "").toLowerCase() : event.key;
  const before = after;
  after = "";
  if (before === "g" && go[key]) {
    event.preventDefault();
    location.assign(typeof go[key] === "function" ? go[key]() : go[key]);
  } else if (before === "r" && wrong[key - 1]) {
    event.preventDefault();
    decide(`wrong:${wrong[key - 1]}`);
  } else if (plain[key] && (key !== "Enter" || event.target === document.body || event.target.id === "on" || event.target.id === "main")) {
    event.preventDefault();
    if (key === "Enter") press(one(".all a.next") ? ".all a.next" : ".queue .go");
    else plain[key]();
  }
});

function begin() {
  for (const frame of all("iframe[name]")) {
    frame.dataset.at = frame.dataset.at || frame.getAttribute("src");
    frame.onload = () => nudge(frame);
  }
  count();
  setTimeout(prefetch, 300);
  listen();
  const choice = one("#keys");
  if (choice) {
    for (const it of all("input[name=keys]", choice)) {
      it.checked = it.value === keys();
      it.onchange = () => localStorage.setItem("keys", it.value);
    }
  }
}
begin();

// What was decided in another tab is shown when one comes back to this one.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
