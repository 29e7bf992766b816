#!/usr/bin/env python3
"""What the obvious thing reaches: every li, td and h3 is a name; a claimed name is present where its letters stand in the text.

Takes the arguments of `stillsays extract` and `stillsays check`, so that the same scorers run on both:
    score_lists.py --program benches/naive.py
"""
import html.parser
import json
import pathlib
import sys


class Names(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.open, self.text, self.silent = [], None, [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        if tag in ("li", "td", "h3"):
            self.open = []

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")
        if tag in ("li", "td", "h3") and self.open is not None:
            name = " ".join("".join(self.open).split())
            if 2 < len(name) < 90:
                self.names.append(name)
            self.open = None

    def handle_data(self, data):
        if self.silent <= 0:
            self.text.append(data)
            if self.open is not None:
                self.open.append(data)


def main():
    page = Names()
    page.feed(pathlib.Path(sys.argv[-1]).read_text(encoding="utf-8", errors="replace"))
    if sys.argv[1] == "extract":
        print(json.dumps({"lists": [{"heading": None, "items": [{"name": it} for it in page.names]}]}))
        return
    text = " ".join("".join(page.text).split())
    claimed = pathlib.Path(sys.argv[sys.argv.index("--names") + 1]).read_text(encoding="utf-8").splitlines()
    found = lambda name: {"claimed": name, "verdict": "present" if name in text else "absent", "found": name if name in text else None}
    print(json.dumps({"names": [found(it) for it in claimed], "new": []}))


main()
