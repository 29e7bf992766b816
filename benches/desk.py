#!/usr/bin/env python3
"""Makes an archive with 10,000 findings to decide in 200 profiles, serves it, and measures the desk.

Usage: benches/desk.py target/release/stillsays [FOLDER]

Prints p50, p95 and p99 in milliseconds of the desk, the page at work, a marked copy and a decision (stored and sealed), the
compressed size of the desk, the time until the first answer, and the memory of the server.
"""
import gzip
import http.client
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

PROFILES, NAMES, GONE = 200, 60, 25
FIRST = "Amber Birch Cinder Dapple Elder Fennel Garnet Hazel Indigo Juniper Kestrel Larch Maple Nettle Ochre".split()
LAST = "Street Trust|Valley Center|Harbor Project|Ridge Council|Hollow Forum|County League|Bridge Clinic|Meadow Bank".split("|")


def name(number):
    return f"{FIRST[number % 15]} {FIRST[number // 15 % 15]} {LAST[number // 225 % 8]} {number // 1800 + 1}"


def record(url, date, html):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    block = head + html.encode()
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:{hash((url, date)) & (1 << 128) - 1:032x}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def make(folder, program):
    (folder / "profiles").mkdir(parents=True)
    (folder / "s.toml").write_text('store = "a.db"\nprofiles = "profiles"\nreviewer = "ada"\n')
    out = io.BytesIO()
    for profile in range(PROFILES):
        url = f"https://site{profile}.example/members"
        claimed = [name(profile * 100 + it) for it in range(NAMES)]
        later = claimed[GONE:] + [name(profile * 100 + NAMES + it) for it in range(GONE)]
        for date, names in (("2023-05-04T10:00:00Z", claimed), ("2026-09-01T10:00:00Z", later)):
            items = "".join(f"<li>{it}</li>" for it in names)
            prose = "".join(f"<p>We meet in house {it} on the hill, and talk about what the town needs.</p>" for it in range(40))
            page = f"<!doctype html><title>Members</title><main><h1>Members of {profile}</h1>{prose}<h2>Members</h2><ul>{items}</ul></main>"
            out.write(record(url, date, page))
        listed = ", ".join(f'"{it}"' for it in claimed)
        (folder / "profiles" / f"p{profile}.toml").write_text(
            f'format = 1\ntitle = "Alliance {profile}"\n\n[[references]]\nnumber = 1\ntitle = "Members of {profile}"\n'
            f'url = "{url}"\naccessed = 2023-05-04\n\n[[claims]]\nid = "members"\nkind = "listed"\ncites = [1]\n'
            f'relation = "members"\nsentence = "Its members are {claimed[0]} and others."\nnames = [{listed}]\n'
        )
    (folder / "all.warc").write_bytes(out.getvalue())
    for words in (["import", "all.warc"], ["recheck"]):
        subprocess.run([program, "--config", "s.toml", "--quiet", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def served(folder, program):
    begun = time.monotonic()
    child = subprocess.Popen(
        [program, "--config", "s.toml", "serve", "--listen", "127.0.0.1:0", "--replay", "127.0.0.1:0"],
        cwd=folder, stdout=subprocess.PIPE, text=True,
    )
    hosts = [urllib.parse.urlsplit(child.stdout.readline().split()[-1]).netloc for _ in range(2)]
    return child, hosts, begun


def ask(host, method, path, body=None, fields=None):
    link = http.client.HTTPConnection(host)
    begun = time.monotonic()
    link.request(method, path, body, fields or {})
    answer = link.getresponse()
    content = answer.read()
    took = (time.monotonic() - begun) * 1000
    link.close()
    return answer, content, took


def told(what, times):
    times = sorted(times)
    at = [times[min(len(times) - 1, int(len(times) * it))] for it in (0.5, 0.95, 0.99)]
    print(f"{what:28} p50 {at[0]:7.1f}  p95 {at[1]:7.1f}  p99 {at[2]:7.1f} ms  ({len(times)} requests)")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    if not (folder / "a.db").exists():
        make(folder, program)
    child, (site, replay), begun = served(folder, program)
    try:
        _, desk, _ = ask(site, "GET", "/")
        print(f"first desk after {time.monotonic() - begun:.2f} s")
        print(re.search(rb'class="lead">([^<]*)', desk).group(1).decode())
        _, packed, _ = ask(site, "GET", "/", fields={"Accept-Encoding": "gzip"})
        print(f"desk {len(gzip.decompress(packed)) / 1000:.0f} kB, compressed {len(packed) / 1000:.1f} kB")
        told("desk", [ask(site, "GET", "/")[2] for _ in range(100)])
        pages = re.findall(rb'class="go" href="([^"]*)"', desk)
        works = [ask(site, "GET", pages[it % len(pages)].decode()) for it in range(100)]
        told("page at work", [it[2] for it in works])
        frames = [re.search(rb'<iframe name="now" src="http://[^/]*([^"#]*)', it[1]).group(1).decode() for it in works]
        told("marked copy", [ask(replay, "GET", it)[2] for it in frames])
        token = re.search(rb'name="token" value="(\w+)', desk).group(1).decode()
        times, ids = [], re.findall(rb'name="finding" value="(\w+)"', desk)[:200]
        for it in ids:
            form = urllib.parse.urlencode({"token": token, "act": "keep", "finding": it.decode(), "back": "/"})
            fields = {"Origin": f"http://{site}", "Content-Type": "application/x-www-form-urlencoded"}
            answer, _, took = ask(site, "POST", "/decide", form, fields)
            assert answer.status == 303, answer.status
            times.append(took)
        told("decision, sealed", times)
        memory = re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{child.pid}/status").read_text()).group(1)
        print(f"memory at most {int(memory) / 1000:.0f} MB")
    finally:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    main()
