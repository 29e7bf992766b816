#!/usr/bin/env python3
"""Scores the evidence found for cited sentences, on WiCE (real Wikipedia sentences and the pages they cite).

    score_evidence.py --program PATH [--claims JSONL[.gz]] [--most N]

Runs PROGRAM check --format json --claim TEXT PAGE.txt, where each line of PAGE.txt is a sentence of the cited page, and expects
    {"claims": [{"claimed": str, "verdict": str, "passages": [{"text": str, "score": number}, …]}]}
with the best passage first, at least five of them where the page has as many, each one line of the page.
first: the best passage is one that the annotators marked as supporting. top3: one of the first three is.
set5: the first five hold a whole set that suffices. Claims marked not supported are left out of these three; for them,
and for the supported ones, "separation" is the area under the curve of the best passage's score.
For comparison, BM25 (k1 1.5, b 0.75, stop words out, light stemming): first 0.788, top3 0.964, set5 0.598 on the dev claims.
"""
import argparse, gzip, json, pathlib, subprocess, tempfile
from score_lists import CORPUS, key


def load(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--claims", type=pathlib.Path, default=CORPUS / "wice" / "claim-dev.jsonl.gz")
    parser.add_argument("--most", type=int, default=10**9)
    args = parser.parse_args()
    rows, first, top3, set5, count, scores = load(args.claims)[: args.most], 0, 0, 0, 0, {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder, "page.txt")
        for row in rows:
            lines = [" ".join(line.split()) for line in row["evidence"]]
            page.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = subprocess.run([args.program, "check", "--format", "json", "--claim", row["claim"], str(page)], capture_output=True, text=True)
            passages = json.loads(done.stdout)["claims"][0]["passages"] if done.stdout.strip() else []
            place = {}
            for number, line in enumerate(lines):
                place.setdefault(key(line), number)
            ranks = [place.get(key(it["text"]), -1) for it in passages]
            supported = row["label"] != "not_supported"
            if row["label"] != "partially_supported":
                scores[supported].append(passages[0]["score"] if passages else 0.0)
            sets = [set(it) for it in row["supporting_sentences"] if it]
            if not supported or not sets:
                continue
            marked = set().union(*sets)
            same = {number: place[key(lines[number])] for number in marked}
            count += 1
            first += bool(ranks[:1]) and ranks[0] in same.values()
            top3 += bool(set(ranks[:3]) & set(same.values()))
            set5 += any({same[number] for number in it} <= set(ranks[:5]) for it in sets)
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[True] for b in scores[False]]
    area = sum(pairs) / len(pairs) if pairs else 0.0
    print(f"evidence first={first / count:.3f} top3={top3 / count:.3f} set5={set5 / count:.3f} separation={area:.3f} claims={count}")


if __name__ == "__main__":
    main()
