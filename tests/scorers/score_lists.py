#!/usr/bin/env python3
"""Scores list extraction and claim checks against hand-made gold lists of real pages.

    score_lists.py --program PATH [--corpus DIR] [--task lists|claims|all] [--worst N] [--json]
    score_lists.py --program PATH --pages tests/pages [--worst N]

Two tasks, both through the program's own commands, with no store and no network:

lists   PROGRAM extract --format json PAGE
        The page alone. Every gold list is paired with the extracted list that overlaps it best (one to one);
        precision, recall and F1 are over names, summed over all pages. Names on pages without a list count
        as false positives only when the program calls the list entity names (its other lists are ignored):
        a list counts when its "kind" is "names" or absent.

claims  PROGRAM check --format json --names NAMES.txt PAGE
        NAMES.txt holds, one to a line, the names that an earlier version of the same page listed; PAGE is the later one.
        Each claimed name gets a verdict: present, absent, renamed (with "found") or cannot-tell. The gold says which
        names stayed, went, or were renamed, and which are new. On a page that shows no names any more (moved into a
        script, empty response) every verdict must be cannot-tell.

Expected JSON (other keys are welcome):
    extract: {"lists": [{"heading": str|null, "kind": "names"|"other", "items": [{"name": str, ...}]}]}
    check:   {"names": [{"claimed": str, "verdict": str, "found": str|null}], "new": [{"name": str}]}

With --pages, the lists of our own golden pages are scored: folders with a page and its expected.toml.

A corpus is a folder of sites; a site has *.html versions, NAME.gold.json beside each, and diff.gold.json for its pairs.
"""
import argparse, collections, json, pathlib, re, subprocess, sys, tempfile, tomllib, unicodedata

CORPUS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpus"


def key(name):
    """Comparison key for scoring only: case, spacing, quotes and dashes do not count."""
    name = unicodedata.normalize("NFKC", name).casefold()
    name = name.translate(str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": None}))
    return re.sub(r"\s+", " ", name).strip(" .,;:*")


def run(program, *args):
    done = subprocess.run([program, *args], capture_output=True, text=True, timeout=60)
    if not done.stdout.strip():
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def overlap(gold, got):
    return sum((collections.Counter(map(key, gold)) & collections.Counter(map(key, got))).values())


def f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def saved_pages(corpus):
    """The pages of a corpus, each with the names of its lists."""
    for gold_file in sorted(corpus.glob("*/*.gold.json")):
        page = gold_file.with_name(gold_file.name.replace(".gold.json", ".html"))
        if page.exists():
            yield page, [entry["names"] for entry in json.loads(gold_file.read_text())["lists"] if entry["names"]]


def golden_pages(folder):
    """Our golden pages, each with the names of its lists; those with debatable lists are left out."""
    for expected_file in sorted(folder.glob("*/expected.toml")):
        expected = tomllib.loads(expected_file.read_text(encoding="utf-8"))
        page = next(expected_file.parent.glob("page.*"))
        if not expected.get("others"):
            yield page, [entry["names"] for entry in expected.get("lists", [])]


def score_lists(extract, corpus, pages=saved_pages):
    total, rows = collections.Counter(), []
    for page, gold in pages(corpus):
        try:
            got = extract(page)
        except Exception as error:
            rows.append((0.0, str(page.relative_to(corpus)), f"failed: {error}"))
            total["fn"] += sum(map(len, gold))
            continue
        page_count, left = collections.Counter(), list(got)
        for names in sorted(gold, key=len, reverse=True):
            best = max(left, key=lambda it: f1(overlap(names, it), len(it) - overlap(names, it), len(names) - overlap(names, it))[2], default=[])
            hit = overlap(names, best)
            if hit:
                left.remove(best)
                page_count["fp"] += len(best) - hit
            page_count["tp"] += hit
            page_count["fn"] += len(names) - hit
        if not gold:
            page_count["fp"] += sum(map(len, left))
        total += page_count
        rows.append((f1(page_count["tp"], page_count["fp"], page_count["fn"])[2], str(page.relative_to(corpus)), dict(page_count)))
    precision, recall, f = f1(total["tp"], total["fp"], total["fn"])
    return {"precision": precision, "recall": recall, "f1": f, "pages": len(rows)}, rows


def score_claims(check, corpus):
    total, rows = collections.Counter(), []
    for diff_file in sorted(corpus.glob("*/diff.gold.json")):
        diff = json.loads(diff_file.read_text())
        for pair in diff["pairs"]:
            before = diff_file.with_name(pair["from"].replace(".html", ".gold.json"))
            after = diff_file.with_name(pair["to"])
            after_gold = json.loads(after.with_name(pair["to"].replace(".html", ".gold.json")).read_text())
            claimed = list(dict.fromkeys(name for entry in json.loads(before.read_text())["lists"] for name in entry["names"]))
            if not claimed:
                continue
            after_names = {key(name) for entry in after_gold["lists"] for name in entry["names"]}
            renamed = {key(old): key(new) for old, new in (it[:2] for it in pair.get("renamed", []))}
            try:
                answer = check(claimed, after)
            except Exception as error:
                rows.append((0.0, f"{diff['site']} {pair['from']} > {pair['to']}", f"failed: {error}"))
                total["names"] += len(claimed)
                continue
            said = {key(it["claimed"]): it for it in answer["names"]}
            count = collections.Counter(names=len(claimed))
            for name in claimed:
                it = said.get(key(name), {"verdict": "missing"})
                verdict, found = it["verdict"], key(it.get("found") or "")
                if not after_names:
                    good = verdict == "cannot-tell"
                    count["lost_list_called_absent"] += verdict in ("absent", "renamed")
                elif key(name) in after_names:
                    good = verdict == "present"
                    count["staying"] += 1
                    count["false_alarm"] += verdict in ("absent", "renamed")
                elif key(name) in renamed:
                    good = verdict in ("renamed", "present") and found == renamed[key(name)]
                    count["renamed"] += 1
                    count["renamed_found"] += good
                else:
                    good = verdict == "absent"
                    count["gone"] += 1
                    count["gone_found"] += good
                    count["gone_missed"] += verdict in ("present", "renamed")
                count["right"] += good
            if after_names:
                # Only lists that keep a claimed name are the claim's lists; names in others are neither hit nor miss.
                kept = {key(name) for name in claimed} | set(renamed.values())
                lists = [{key(name) for name in entry["names"]} for entry in after_gold["lists"]]
                own = set().union(*(it for it in lists if it & kept)) if lists else set()
                expected = {key(name) for name in pair["added"]} & own
                new = {key(it["name"]) for it in answer.get("new", [])} - (after_names - own)
                count["new_tp"] += len(expected & new)
                count["new_fp"] += len(new - expected)
                count["new_fn"] += len(expected - new)
            total += count
            rows.append((count["right"] / count["names"], f"{diff['site']} {pair['from'][:10]} > {pair['to'][:10]}", dict(count)))
    precision, recall, f = f1(total["new_tp"], total["new_fp"], total["new_fn"])
    share = lambda part, whole: total[part] / total[whole] if total[whole] else 1.0
    return {
        "accuracy": share("right", "names"), "names": total["names"], "pairs": len(rows),
        "false_alarms": share("false_alarm", "staying"), "gone_found": share("gone_found", "gone"),
        "renames_found": share("renamed_found", "renamed"), "lost_list_called_absent": total["lost_list_called_absent"],
        "new_precision": precision, "new_recall": recall, "new_f1": f,
    }, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS / "partner-pages")
    parser.add_argument("--task", choices=["lists", "claims", "all"], default="all")
    parser.add_argument("--worst", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pages", type=pathlib.Path)
    args = parser.parse_args()

    def extract(page):
        lists = run(args.program, "extract", "--format", "json", str(page))["lists"]
        return [[item["name"] for item in it["items"]] for it in lists if it.get("kind", "names") == "names"]

    def check(claimed, page):
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as names:
            names.write("\n".join(claimed) + "\n")
            names.flush()
            return run(args.program, "check", "--format", "json", "--names", names.name, str(page))

    if args.pages:
        report, rows = score_lists(extract, args.pages, golden_pages)
        print("own.lists", " ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in report.items()))
        for value, name, detail in sorted(rows, key=lambda it: it[0])[: args.worst]:
            print(f"  {value:.2f}  {name}  {detail}")
        return

    report = {}
    for task, score, program in (("lists", score_lists, extract), ("claims", score_claims, check)):
        if args.task not in (task, "all"):
            continue
        report[task], rows = score(program, args.corpus)
        if not args.json:
            print(task, " ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in report[task].items()))
            for value, name, detail in sorted(rows, key=lambda it: it[0])[: args.worst]:
                print(f"  {value:.2f}  {name}  {detail}")
    if args.json:
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    sys.exit(main())
