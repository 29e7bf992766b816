#!/usr/bin/env python3
"""The desk under load: 50 readers and 5 writers on 10,000 findings to decide, while a run archives beside it.

Usage: benches/load.py target/release/stillsays [SECONDS] [FOLDER]

Readers ask for the desk, pages at work and the API without pause; writers decide by form. Prints p50, p95 and p99 in milliseconds, errors,
requests a second, decisions answered and decisions stored, and the processor time and memory of the server and of the runs. The clients share
the machine with the server.
"""
import collections
import http.client
import http.server
import json
import multiprocessing
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import desk

READERS, WRITERS, PROCESSES = 50, 5, 4


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/robots.txt":
            return self.answer(404, b"")
        words = "".join(f"<p>Line {it} at {time.time_ns()}</p>" for it in range(200))
        self.answer(200, f"<!doctype html><title>{self.path}</title><h1>Page</h1>{words}".encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def archiving(folder, program, until, spent):
    """Runs that visit 200 pages of a site on this machine, one after the other."""
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    pages = "".join(
        f'[[references]]\nnumber = {it + 1}\nurl = "http://127.0.0.1:{site.server_port}/page/{it}"\n' for it in range(200)
    )
    (folder / "profiles" / "zz-archived.toml").write_text(f'format = 1\ntitle = "Archived beside"\n\n{pages}')
    runs = 0
    while time.monotonic() < until:
        words = ["run", "--all", "--archive-only", "--quiet", "-p", "zz-archived"]
        options = ["--set", 'fetch.allow=["127.0.0.0/8"]', "--set", "fetch.delay=0s"]
        child = subprocess.Popen([program, "--config", "s.toml", *options, *words], cwd=folder, stdout=subprocess.DEVNULL)
        child.wait()
        runs += 1
    spent.put(runs)


class Client:
    def __init__(self, host):
        self.host, self.link = host, http.client.HTTPConnection(host, timeout=30)

    def ask(self, method, path, body=None, fields=None):
        begun = time.monotonic()
        try:
            self.link.request(method, path, body, {"Accept-Encoding": "gzip", **(fields or {})})
            answer = self.link.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.link.close()
            status = 0
        return status, (time.monotonic() - begun) * 1000


def reading(host, pages, until, told):
    client = Client(host)
    while time.monotonic() < until:
        what, path = random.choice([("desk", "/"), ("page at work", random.choice(pages)), ("API", "/api/v1/findings?state=open")])
        status, took = client.ask("GET", path)
        told.append((what, status == 200, took))


def writing(host, token, ids, until, told):
    client, fields = Client(host), {"Origin": f"http://{host}", "Content-Type": "application/x-www-form-urlencoded"}
    for it in ids:
        if time.monotonic() >= until:
            break
        form = urllib.parse.urlencode({"token": token, "act": "keep", "finding": it, "back": "/"})
        status, took = client.ask("POST", "/decide", form, fields)
        told.append(("decision", status == 303, took))
        time.sleep(0.2)


def clients(host, pages, token, ids, readers, until, results):
    told, threads = [], []
    for _ in range(readers):
        threads.append(threading.Thread(target=reading, args=(host, pages, until, told)))
    for own in ids:
        threads.append(threading.Thread(target=writing, args=(host, token, own, until, told)))
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    results.put(told)


def processor(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
    if not (folder / "a.db").exists():
        desk.make(folder, program)
    child, (host, _), _ = desk.served(folder, program)
    try:
        _, page, _ = desk.ask(host, "GET", "/")
        pages = [it.decode() for it in re.findall(rb'class="go" href="([^"]*)"', page)]
        token = re.search(rb'name="token" value="(\w+)', page).group(1).decode()
        ids, path = [], "/api/v1/findings?state=open&limit=200"
        while path and len(ids) < 5_000:
            listed = json.loads(desk.ask(host, "GET", path)[1])
            ids += [it["id"] for it in listed["items"]]
            path = listed.get("next")
        until = time.monotonic() + seconds
        results, spent, before = multiprocessing.Queue(), multiprocessing.Queue(), processor(child.pid)
        runner = multiprocessing.Process(target=archiving, args=(folder, program, until, spent))
        runner.start()
        workers = []
        for number in range(PROCESSES):
            readers = READERS // PROCESSES + (number < READERS % PROCESSES)
            own = [ids[it::WRITERS] for it in range(WRITERS) if it % PROCESSES == number]
            workers.append(multiprocessing.Process(target=clients, args=(host, pages, token, own, readers, until, results)))
        for it in workers:
            it.start()
        told = [one for _ in workers for one in results.get()]
        runs = spent.get()
        for it in [*workers, runner]:
            it.join()
        used = processor(child.pid) - before
        memory = re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{child.pid}/status").read_text()).group(1)
    finally:
        child.terminate()
        child.wait()
    by = collections.defaultdict(list)
    for what, good, took in told:
        by[what].append((good, took))
    for what, all_of in sorted(by.items()):
        desk.told(what, [it[1] for it in all_of])
    print(f"{len(told) / seconds:.0f} requests a second, {sum(not it[1] for it in told)} errors, {runs} runs of 200 pages beside")
    answered = sum(good for good, _ in by["decision"])
    stored = sqlite3.connect(folder / "a.db").execute("SELECT count(*) FROM review WHERE author = 'ada'").fetchone()[0]
    print(f"decisions: {answered} answered, {stored} stored")
    print(f"server: {used:.1f} s of processor time in {seconds:.0f} s, memory at most {int(memory) / 1000:.0f} MB")
    assert stored >= answered, "decisions were lost"
    subprocess.run([program, "--config", "s.toml", "--quiet", "verify"], cwd=folder, check=True)


if __name__ == "__main__":
    main()
