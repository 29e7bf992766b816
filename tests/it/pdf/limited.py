"""Runs a program with the calls that a unit of systemd allows it: limited.py UNIT PROGRAM [ARGUMENT]…

Needs Debian's python3-seccomp and systemd-analyze; without one of them, it ends with 77.
"""
import ctypes
import errno
import os
import subprocess
import sys

try:
    import seccomp
except ImportError:
    sys.exit(77)

WRITE, EXECUTE, NO_NEW_PRIVILEGES = 2, 4, 38


def calls(name):
    """The calls of a set such as @system-service, with those of the sets in it."""
    if not name.startswith("@"):
        return {name}
    shown = subprocess.run(
        ["/usr/bin/systemd-analyze", "syscall-filter", "--no-pager", name],
        capture_output=True, text=True, check=True,
    )
    found = set()
    for line in shown.stdout.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= calls(word)
    return found


def main():
    if not os.path.exists("/usr/bin/systemd-analyze"):
        sys.exit(77)
    settings = [line.strip().split("=", 1) for line in open(sys.argv[1]) if "=" in line and not line.startswith("#")]
    allowed = calls("@default")
    for name, value in settings:
        if name == "SystemCallFilter":
            listed = set().union(*(calls(word) for word in value.lstrip("~").split()))
            allowed = allowed - (listed - calls("@default")) if value.startswith("~") else allowed | listed
    assert ["SystemCallErrorNumber", "EPERM"] in settings and ["MemoryDenyWriteExecute", "yes"] in settings
    limits = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in sorted(allowed - {"mmap", "mprotect", "pkey_mprotect", "shmat"}):
        try:
            limits.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError):
            pass  # not a call of this machine
    for access in (0, WRITE, EXECUTE):
        limits.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, WRITE | EXECUTE, access))
    for call in ("mprotect", "pkey_mprotect"):
        limits.add_rule(seccomp.ALLOW, call, seccomp.Arg(2, seccomp.MASKED_EQ, EXECUTE, 0))
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    limits.load()
    os.execv(sys.argv[2], sys.argv[2:])


main()
