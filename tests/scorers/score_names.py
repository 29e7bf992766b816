#!/usr/bin/env python3
"""Scores whether two names are held for one organization, through `check` on a page of one name.

    score_names.py --program PATH [--pairs CSV] [--worst N]

For each pair the first name is claimed and the page is a text file that holds the second name and three other
organizations, one to a line. "present" or "renamed" with the second name as "found" counts as the same; anything else as
another (cannot-tell included). CSV has the columns schema, name1, name2, is_match; rows about people are left out.
For comparison: Python rapidfuzz at its best threshold reaches F1 0.75 (ratio), 0.78 (token_set), 0.83 (WRatio).
"""
import argparse, csv, json, pathlib, subprocess, tempfile
from score_lists import f1, key

OTHERS = ["Harbour Lights Sailing Club", "Northern Orchard Growers", "Quillfeather Press"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pairs", type=pathlib.Path, default=pathlib.Path(__file__).parent / "names" / "name-bench.csv")
    parser.add_argument("--worst", type=int, default=20)
    args = parser.parse_args()
    rows = [row for row in csv.DictReader(args.pairs.open(encoding="utf-8")) if row["schema"] in ("Organization", "Company", "LegalEntity")]
    tp = fp = fn = 0
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        names, page = pathlib.Path(folder, "names.txt"), pathlib.Path(folder, "page.txt")
        for row in rows:
            names.write_text(row["name1"] + "\n", encoding="utf-8")
            page.write_text("\n".join([OTHERS[0], row["name2"], *OTHERS[1:]]) + "\n", encoding="utf-8")
            done = subprocess.run([args.program, "check", "--format", "json", "--names", str(names), str(page)], capture_output=True, text=True)
            it = (json.loads(done.stdout)["names"] or [{}])[0] if done.stdout.strip() else {}
            same = it.get("verdict") in ("present", "renamed") and key(it.get("found") or "") == key(row["name2"])
            gold = row["is_match"] == "true"
            tp, fp, fn = tp + (same and gold), fp + (same and not gold), fn + (gold and not same)
            if same != gold:
                wrong.append(f"  {'same' if gold else 'other'}: {row['name1']} | {row['name2']} -> {it.get('verdict')}")
    precision, recall, f = f1(tp, fp, fn)
    print(f"own.names precision={precision:.3f} recall={recall:.3f} f1={f:.3f} pairs={len(rows)}")
    print("\n".join(wrong[: args.worst]))


if __name__ == "__main__":
    main()
