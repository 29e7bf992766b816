#!/usr/bin/env python3
"""Checks what stillsays signs and proves, with nothing but Python. The formats are in docs/ledger.md.

  check.py KEY note CHECKPOINT            is it signed by KEY, and what does it say?
  check.py KEY inclusion PROOF            is the leaf, and the finding in it, in the signed tree?
  check.py KEY consistency OLD PROOF      does the ledger of PROOF go on from the checkpoint OLD?
  check.py KEY ledger STORE [CHECKPOINT]  are the leaves of STORE those that its checkpoints signed?
  check.py KEY packet PACKET.wacz         do the proofs hold, and are its records what they are about?

KEY is a public key as NAME+ID+KEY, or a file that has it. It ends with 1 and one line where something does not hold.
"""
import base64, gzip, hashlib, json, os, re, sqlite3, sys, zipfile

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

sha = lambda data, how="sha256": hashlib.new(how, data).digest()

def fail(why):
    sys.exit("does not hold: " + why)

def add(a, b):  # points of the curve as x, y; RFC 8032, 5.1
    (x, y), (u, v) = a, b
    t = D * x * u * y * v
    return ((x * v + y * u) * pow(1 + t, P - 2, P) % P, (y * v + x * u) * pow(1 - t, P - 2, P) % P)

def times(point, by):
    out = (0, 1)
    while by:
        out = add(out, point) if by & 1 else out
        point, by = add(point, point), by >> 1
    return out

def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * pow(2, (P - 1) // 4, P) % P if (x * x - square) % P else x
    if (x * x - square) % P or y >= P:
        fail("a point that is not on the curve")
    return (P - x if x & 1 != sign else x, y)

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def signed(key, text, signature):  # RFC 8032, 5.1.7
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:64], "little")
    h = int.from_bytes(sha(signature[:32] + key + text, "sha512"), "little") % Q
    return s < Q and times(BASE, s) == add(point(signature[:32]), times(point(key), h))

def checkpoint(vkey, note):  # C2SP signed-note, tlog-checkpoint
    name, ident, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    if key[:1] != b"\1" or sha(name.encode() + b"\n" + key)[:4].hex() != ident:
        fail("KEY is no Ed25519 key of that name and id")
    text, _, lines = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    for line in lines.splitlines():
        dash, who, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if dash == "\u2014" and who == name == origin and signature[:4].hex() == ident:
            if not signed(key[1:], (text + "\n").encode(), signature[4:]):
                fail("the signature of the checkpoint")
            return int(size), base64.b64decode(root)
    fail("no signature by " + name)

node = lambda left, right: sha(b"\1" + left + right)

def climb(a, b, here, last, path):  # RFC 9162, 2.1.3.2 and 2.1.4.2: of a leaf b alone counts
    for step in path:
        if here & 1 or here == last:
            a, b = node(step, a), node(step, b)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            b = node(b, step)
        here, last = here >> 1, last >> 1
    return a, b, last

def included(text, index, size, path, root):
    leaf = sha(b"\0" + text.encode())
    return index < size and climb(leaf, leaf, index, size - 1, path)[1:] == (root, 0)

def tree(hashes):  # RFC 6962, 2.1
    if len(hashes) < 2:
        return hashes[0] if hashes else sha(b"")
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(tree(hashes[:half]), tree(hashes[half:]))

def inclusion(vkey, proof):
    head, note = proof.split("\n\n", 1)
    _, extra, index, *path = head.splitlines()
    (size, root), about = checkpoint(vkey, note), json.loads(base64.b64decode(extra.removeprefix("extra ")))
    if not included(about["leaf"], int(index[6:]), size, [base64.b64decode(it) for it in path], root):
        fail("the leaf is not in the signed tree")
    leaf = json.loads(about["leaf"])
    if "finding" in about:  # in its set, whose root the leaf has
        path, root = [bytes.fromhex(it) for it in about["path"]], bytes.fromhex(leaf["root"])
        if not included(about["finding"], about["index"], leaf["size"], path, root):
            fail("the finding is not in the set that is in the signed tree")
    return leaf

def consistency(vkey, old, proof):
    (size, root), (head, note) = checkpoint(vkey, old), proof.split("\n\n", 1)
    of, *path = head.splitlines()
    path = [base64.b64decode(it) for it in path]
    (new, whole), here = checkpoint(vkey, note), size - 1
    last = new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = path.pop(0) if here else root
    if of != "old %d" % size or size > new or climb(first, first, here, last, path) != (root, whole, 0):
        fail("the newer ledger does not go on from the older one")

def packet(vkey, path):
    held, files = set(), zipfile.ZipFile(path)
    for name in [it for it in files.namelist() if it.startswith("archive/")]:
        for record in gzip.decompress(files.read(name)).decode("latin-1").split("WARC/1.1\r\n")[1:]:
            fields = ("WARC-Target-URI", "WARC-Date", "WARC-Payload-Digest", "WARC-Source-URI")
            held.add(tuple((re.search(r"(?im)^%s: *(.*?)\r$" % it, record) or [0, ""])[1] for it in fields))
    for name in [it for it in files.namelist() if it.endswith(".tlog-proof")]:
        leaf = inclusion(vkey, files.read(name).decode())
        named = (leaf.get("uri"), leaf.get("date"), leaf.get("payload", ""), leaf.get("source", {}).get("memento", ""))
        if leaf["leaf"] == "capture" and named not in held:
            fail(name + " is about a capture that is not in the packet")
        print(name, "holds:", leaf["leaf"], leaf["id"])

def main(key, what, *files):
    vkey = (open(key).read() if os.path.exists(key) else key).strip()
    read = lambda it: open(it, encoding="utf-8").read()
    if what == "note":
        print(checkpoint(vkey, read(files[0]))[0], "leaves")
    elif what == "inclusion":
        print(json.dumps(inclusion(vkey, read(files[0])), ensure_ascii=False))
    elif what == "consistency":
        consistency(vkey, *map(read, files))
    elif what == "packet":
        packet(vkey, *files)
    elif what == "ledger":
        store = sqlite3.connect("file:%s?mode=ro" % files[0], uri=True)
        leaves = [it[0] for it in store.execute("SELECT hash FROM leaf ORDER BY number")]
        notes = [it[0] for it in store.execute("SELECT note FROM checkpoint")] + [read(it) for it in files[1:]]
        for size, root in [checkpoint(vkey, it) for it in notes]:
            if size > len(leaves) or tree(leaves[:size]) != root:
                fail("the first %d leaves are not those that were signed" % size)
    print("holds")

main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
