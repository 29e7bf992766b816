#!/usr/bin/env python3
"""Trains the model of notices: `train.py TEXTS` writes `src/extract/states/notice.bin` and prints what `notice.rs` has to say.

TEXTS is a folder with what the card (docs/notices.md) lists, fetched by whoever trains:
  *.whl      packages of web programs with their translations (`locale/LANGUAGE/LC_MESSAGES/*.po`): messages to visitors
  www-l10n   a clone of the texts of an organization's web site in many languages (Fluent files): pages, and its error pages
  ud/NAME    clones of treebanks of Universal Dependencies, each with the code of its language behind a dot (`ud/Basque-BDT.eu`):
             sentences of news, books and encyclopedias
  declarations  the Universal Declaration of Human Rights, an HTML file for each language, named in its `lang`
The rest is in this repository: notices.txt, prose.txt, and the tables of stand-ins in tests/cases/stand_ins.
Needs Python 3.11, numpy and scikit-learn. The same texts give the same weights.
"""
import collections, json, pathlib, random, re, sys, tomllib, unicodedata, zipfile

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).resolve().parent
TABLES = HERE.parent / "cases" / "stand_ins"
WEIGHTS = HERE.parent.parent / "src" / "extract" / "states" / "notice.bin"
STAND_INS = ["pages.toml", "first_sight.toml", "third_sight.toml", "fourth_sight.toml", "fifth_sight.toml", "sixth_sight.toml",
             "seventh_sight.toml"]
LIVE = ["live.toml", "third_live.toml", "fourth_live.toml", "fifth_live.toml", "sixth_live.toml", "seventh_live.toml"]
BITS, MOST, PENALTY = 18, 4.0, 2.0
NOTICE, PROSE = 1, 0

# Messages that stand on pages of their own, by their English wording; others are about forms and lists, and weigh less.
OF_A_PAGE = re.compile(
    r"not found|no longer|does not exist|doesn't exist|unavailable|not available|try again|log ?in|sign ?in|password|permission|"
    r"denied|forbidden|sorry|expired|error|cookie|disabled|closed|maintenance|browser|your account|not allowed|not authorized|"
    r"invalid|blocked|suspended|request|temporar|please|you (need|must|have to|are not|do not|don't|cannot|can't|can not)|"
    r"this (page|link|site|site's|content|document|domain|server)|contact (the|your|us)|has been (removed|deleted|moved|closed|"
    r"disabled)|no results|nothing (here|found)|could not|couldn't|cannot|wait|session|register|subscri|confirm|click",
    re.I,
)


def bare(text):
    """A message without markup and places for values."""
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"\{[^{}]*\}|%\([^)]*\)[sd]|%[sd]|\$\{[^}]*\}|&[a-z]+;", " ", text)
    return re.sub(r"\s+", " ", text.replace("\\n", " ").replace('\\"', '"')).strip()


def po(text):
    """The messages of a gettext file, each with its English wording."""
    entry, key = {}, None
    for line in [*text.splitlines(), ""]:
        line = line.strip()
        if line.startswith("#, ") and "fuzzy" in line:
            entry["fuzzy"] = True
        elif line.startswith('msgid "'):
            entry["id"], key = line[7:-1], "id"
        elif line.startswith('msgstr "') or line.startswith('msgstr[0] "'):
            entry["text"], key = line[line.index('"') + 1 : -1], "text"
        elif line.startswith("msg"):
            key = None
        elif line.startswith('#. Default: "'):
            entry["default"] = line[13:-1]
        elif line.startswith('#. "') and "default" in entry:
            entry["default"] += line[4:-1]
        elif line.startswith('"') and key:
            entry[key] = entry.get(key, "") + line[1:-1]
        elif not line:
            if entry.get("text") is not None and entry.get("id") and not entry.get("fuzzy"):
                yield entry.get("default") or entry["id"], entry["text"]
            entry, key = {}, None


def of_packages(folder):
    for path in sorted(folder.glob("*.whl")):
        package, seen = zipfile.ZipFile(path), set()
        for name in package.namelist():
            found = re.search(r"/(?:locales?|translations|i18n)/(?:locales/)?([A-Za-z_@-]+)/(?:LC_MESSAGES|[a-z.]*)", name)
            if not name.endswith(".po") or not found or any(it in name for it in ("timezones", "languages", "cbv", "devel")):
                continue
            language = re.split(r"[_@-]", found[1])[0].lower()
            for english, text in po(package.read(name).decode(errors="replace")):
                for tag, it in ((language, text), ("en", english)):
                    if it and (tag, it) not in seen and (tag == "en" or it != english):
                        seen.add((tag, it))
                        yield tag, NOTICE, bare(it), bare(english)


def fluent(text):
    found, key = {}, None
    for line in text.splitlines():
        message = re.match(r"([a-zA-Z][\w-]*) = ?(.*)", line)
        if message:
            key = message[1]
            found[key] = message[2]
        elif line.startswith("    ") and key:
            found[key] += " " + line.strip()
        elif not line.startswith(" "):
            key = None
    return found


def of_site(folder):
    notes = ("404.ftl", "410.ftl", "500.ftl", "banners/consent-banner.ftl")
    pages = re.compile(
        r"mozorg/(about|mission|home|contribute|history)|privacy/(principles|faq)|"
        r"firefox/(browsers/history|browsers/compare|more|features)|products/vpn/(features|resource)"
    )
    english = {}
    for path in sorted(folder.rglob("*.ftl"), key=lambda it: (it.relative_to(folder).parts[0] != "en", it)):
        language, *rest = path.relative_to(folder).parts
        name = "/".join(rest)
        if language in ("en-GB", "en-CA", "en-US") or not (name in notes or pages.match(name)):
            continue
        messages = fluent(path.read_text())
        if language == "en":
            english[name] = messages
        for key, text in messages.items():
            original = english.get(name, {}).get(key, "")
            if language == "en" or text != original:
                text = text.replace("{ -brand-name-mozilla }", "Mozilla").replace("{ -brand-name-firefox }", "Firefox")
                yield language.split("-")[0].lower(), NOTICE if name in notes else PROSE, bare(text), original


def of_treebanks(folder):
    for bank in sorted(folder.iterdir()):
        language, count = bank.name.rsplit(".", 1)[1], 0
        for path in sorted(bank.rglob("*.conllu")):
            for line in path.read_text(errors="replace").splitlines():
                if line.startswith("# text = ") and count < (17_000 if language == "en" else 4_000):
                    count += 1
                    yield language, PROSE, bare(line[9:]), ""


def of_declarations(folder):
    for path in sorted(folder.glob("*.html")):
        text = path.read_text()
        language = re.search(r'lang="([a-z]+)', text)
        for paragraph in re.findall(r"<p>(.*?)</p>", text, re.S) if language else []:
            yield language[1], PROSE, bare(paragraph), ""


def sentences(text):
    return [it for it in re.split(r"(?<=[.!?])\s+|(?<=[。！？।؟])|\n", text) if it.strip()]


def of_table(name):
    for case in tomllib.loads((TABLES / name).read_text())["case"]:
        text = re.sub(r"</(h\d|p|li|td|th|button|a|option|address)>", "\n", case["body"])
        yield from sentences(re.sub(r"<[^>]*>", "", text).replace("&amp;", "&"))


def own():
    """Sentences in our own words, with their kinds."""
    for names, kind in ((STAND_INS, NOTICE), (LIVE, PROSE)):
        for name in names:
            yield from ((it, kind) for it in of_table(name))
    for name, kind in (("notices.txt", NOTICE), ("prose.txt", PROSE)):
        for line in (HERE / name).read_text().splitlines():
            if not line.startswith("#"):
                yield from ((it, kind) for it in sentences(line))


# The features, as `notice.rs` has them.
STOPS = {0x964, 0x965, 0x970, 0xDF4, 0xE3F, 0xE4F, 0xE5A, 0xE5B, *range(0x104A, 0x1050), *range(0x17D4, 0x17DC)}


def is_dense(letter):
    at = ord(letter)
    return (
        0x0E00 <= at <= 0x0EFF or 0x1000 <= at <= 0x109F or 0x1780 <= at <= 0x17FF or 0x2E80 <= at <= 0x9FFF
        or 0xAC00 <= at <= 0xD7A3 or 0xF900 <= at <= 0xFAFF or at >= 0x20000
    )


def is_of_words(letter):
    at, category = ord(letter), unicodedata.category(letter)
    if 0x900 <= at <= 0x109F or 0x1780 <= at <= 0x17FF:
        return category[0] != "N" and at not in STOPS
    return category[0] == "L" or category == "Nl" or 0x300 <= at <= 0x36F or (category[0] == "M" and 0x591 <= at <= 0x65F)


def tokens(text):
    found, word, in_number = [], "", False
    for letter in (it for upper in text for it in upper.lower()):
        letter = "'" if letter == "’" else letter
        if is_of_words(letter) or (letter == "'" and word and not is_dense(word[0])):
            if word and is_dense(word[0]) != is_dense(letter):
                found.append(word)
                word = ""
            word += letter
            in_number = False
            continue
        if word:
            found.append(word)
            word = ""
        if letter.isdigit() and in_number:
            found[-1] += "0"
        elif letter.isdigit():
            found.append("0")
        in_number = letter.isdigit()
    return found + [word] if word else found


def features(text):
    words = text.split()
    capitals = sum(it[0].isupper() for it in words[1:])
    if capitals and capitals * 4 <= len(words):
        yield "#cap"
    before = None
    for word in tokens(text):
        if is_dense(word[0]):
            for length in (2, 3):
                yield from ("c" + word[at : at + length] for at in range(len(word) - length + 1))
            before = None
            continue
        if word[0] == "0":
            word = "0000" if len(word) == 4 else "0"
        yield "w" + word
        if len(word) > 5:
            yield "p" + word[:5]
        if word[0] != "0":
            marked = f"^{word}$"
            yield from ("g" + marked[at : at + 4] for at in range(len(marked) - 3))
        if before is not None:
            yield f"b{before} {word}"
        before = word


NUMBERS = {}


def numbers(text):
    """FNV-1a of 32 bits of each feature, its low bits; each once, in order."""
    found = set()
    for feature in features(text):
        if feature not in NUMBERS:
            it = 0x811C9DC5
            for byte in feature.encode():
                it = ((it ^ byte) * 0x01000193) & 0xFFFFFFFF
            NUMBERS[feature] = it & ((1 << BITS) - 1)
        found.add(NUMBERS[feature])
    return sorted(found)


def main(folder):
    random.seed(1)
    texts = collections.defaultdict(list)
    for source in (of_packages(folder), of_site(folder / "www-l10n"), of_treebanks(folder / "ud"), of_declarations(folder / "declarations")):
        for language, kind, text, english in source:
            if len(text) >= 18:
                texts[language, kind].append((text, bool(OF_A_PAGE.search(english))))
    rows, kinds, weights, known = [], [], [], []

    def take(text, kind, weight):
        rows.append(numbers(text))
        kinds.append(kind)
        weights.append(weight)

    for language in sorted({it for it, _ in texts}):
        notices, prose = texts[language, NOTICE], texts[language, PROSE]
        strong = [it for it, of_page in notices if of_page]
        weak = [it for it, of_page in notices if not of_page]
        if len(strong) >= 75 and len(prose) >= 75:
            known.append(language)
        most = 9_000 if language == "en" else 1_500
        for it in (strong, weak, prose):
            random.shuffle(it)
        strong, weak, prose = strong[:most], weak[: most // 3], prose[: most * 2]
        if not strong or not prose:
            continue
        for text in strong:
            take(text, NOTICE, 1.0)
        for text in weak:
            take(text, NOTICE, 0.4)
        balance = max(0.3, min(3.0, (len(strong) + 0.4 * len(weak)) / len(prose)))
        for text, _ in prose:
            for sentence in sentences(text):
                if len(sentence) > 15:
                    take(sentence, PROSE, balance)
    for sentence, kind in own():
        if len(sentence) > 8:
            take(sentence, kind, 4.0)
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((it for row in rows for it in row), dtype=np.int32, count=ends[-1])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in rows])
    model = LogisticRegression(C=PENALTY, solver="liblinear", max_iter=200, random_state=1)
    model.fit(csr_matrix((values, columns, ends), shape=(len(rows), 1 << BITS)), kinds, sample_weight=weights)
    steps = np.clip(np.round(model.coef_[0] / MOST * 127), -127, 127).astype(np.int8)
    WEIGHTS.write_bytes(steps.tobytes())
    bias = float(model.intercept_[0])
    print(f"{len(rows)} sentences, {sum(kinds)} of notices\nBIAS {bias:.6f}\nLANGUAGES {json.dumps(known)}")
    for text in (
        "Sorry, the page you are looking for was not found.",
        "The alliance was founded in 1987 by nine villages in Toledo.",
        "ขออภัย ไม่พบหน้านี้",
        "Страница не найдена",
        "क्षमस्व, हे पान सापडले नाही.",
    ):
        row = numbers(text)
        score = bias + sum(int(steps[it]) for it in row) * MOST / 127 / np.sqrt(max(1, len(row)))
        print(f"{score:.4f} {text}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
