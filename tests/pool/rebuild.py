#!/usr/bin/env python3
"""Rebuilds the pool of page histories from clones of the repositories that manifest.json names.

    rebuild.py CLONES OUT [--batch NAME]

CLONES has a clone of each repository, as OWNER+NAME (a work tree, or a bare repository at OWNER+NAME/repo). OUT gets one folder per batch
and site: the pages byte for byte as they were committed, and beside each its expected lists (gold/), in the format of
`score_lists.py`. The pages are other people's and are not in this repository.
"""
import argparse, hashlib, json, pathlib, shutil, subprocess, sys

HERE = pathlib.Path(__file__).parent


def repository(clones, name):
    """The git directory of a repository, or None."""
    folder = clones / name.replace("/", "+", 1)
    places = (folder / "repo" / ".git", folder / "repo", folder / ".git", folder)
    return next((it for it in places if (it / "HEAD").exists()), None)


def kept_back(name):
    """Whether a repository is kept back for other measures."""
    listed = HERE.parent.parent.parent / "shared" / "eval" / "kept-back.sha256"
    digest = hashlib.sha256(name.lower().encode()).hexdigest()
    return listed.exists() and digest in listed.read_text().split()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--batch")
    args = parser.parse_args()
    missing = []
    for site in json.loads((HERE / "manifest.json").read_text()):
        if args.batch not in (None, site["batch"]):
            continue
        if kept_back(site["repository"]):
            sys.exit(f"{site['repository']} is kept back")
        git = repository(args.clones, site["repository"])
        if git is None:
            missing.append(site["repository"])
            continue
        folder = args.out / site["batch"] / site["site"]
        folder.mkdir(parents=True, exist_ok=True)
        for version in site["versions"]:
            place = f"{version['commit']}:{site['path']}"
            page = subprocess.run(["git", "-C", str(git), "show", place], check=True, capture_output=True).stdout
            (folder / version["file"]).write_bytes(page)
        for gold in (HERE / "gold" / site["batch"] / site["site"]).glob("*.json"):
            shutil.copy(gold, folder / gold.name)
    if missing:
        print("no clone of: " + ", ".join(missing), file=sys.stderr)


if __name__ == "__main__":
    main()
