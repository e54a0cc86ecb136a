"""Folders of mbox files made, renamed and deleted, and folders of MH read."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import tap  # noqa: E402
from local import Failed, driver  # noqa: E402
from mbox import FROM, letter  # noqa: E402


class Tree:
    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="malle-tree-")
        self.path = os.path.join(self.place.name, "Mail")
        os.mkdir(self.path)
        return self

    def __exit__(self, *unused):
        self.place.cleanup()

    def at(self, *names):
        return os.path.join(self.path, *names)

    def put(self, *names, octets=FROM + letter("x") + b"\n"):
        os.makedirs(os.path.dirname(self.at(*names)), exist_ok=True)
        with open(self.at(*names), "wb") as file:
            file.write(octets)

    def run(self, *arguments):
        return driver(*arguments, environment={"XDG_STATE_HOME": os.path.join(self.place.name, "state")})

    def folders(self):
        return self.run("folders", self.path)


def refused(code, function, *arguments):
    try:
        function(*arguments)
        raise AssertionError("done: %r" % (arguments,))
    except Failed as failure:
        tap.equal(failure.code, code)


def test_made():
    """a mailbox is a file; below a file it lies in NAME.sbd; again is no harm; no name leads out"""
    with Tree() as tree:
        tree.put("Saved")
        tree.run("create", tree.path, "Work")
        tree.run("create", tree.path, "Work")
        tree.run("create", tree.path, "Saved/2026")
        tree.run("create", tree.path, "Lists/malle")
        tap.equal(tree.folders(), ["Lists/malle", "Saved", "Saved/2026", "Work"])
        tap.equal((os.path.getsize(tree.at("Work")), os.path.isfile(tree.at("Saved.sbd", "2026"))), (0, True))
        for name in ("../out", "a/../../out", ".hidden", "", "a//b", "x.lock", "x.sbd", "a\\b", "a\nb"):
            refused("refused", tree.run, "create", tree.path, name)
        tap.equal(sorted(os.listdir(tree.place.name)), ["Mail", "state"] if os.path.isdir(os.path.join(tree.place.name, "state")) else ["Mail"])


def test_renamed_and_deleted():
    """with what is below it; a taken name is never replaced; deleting leaves what is below; again is no harm"""
    with Tree() as tree:
        tree.put("Saved")
        tree.put("Saved.sbd", "2026")
        tree.put("Other", octets=FROM + letter("other") + b"\n")
        refused("exists", tree.run, "rename", tree.path, tree.at("Other"), "Saved")
        tree.run("rename", tree.path, tree.at("Saved"), "Kept")
        tree.run("rename", tree.path, tree.at("Saved"), "Kept")
        tap.equal(tree.folders(), ["Kept", "Kept/2026", "Other"])
        tree.run("delete", tree.path, tree.at("Kept"))
        tree.run("delete", tree.path, tree.at("Kept"))
        tap.equal(tree.folders(), ["Kept/2026", "Other"])


def test_locked():
    """a mailbox that another program has locked is neither renamed nor deleted"""
    import fcntl
    with Tree() as tree:
        tree.put("Saved")
        with open(tree.at("Saved"), "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            refused("busy", tree.run, "rename", tree.path, tree.at("Saved"), "Kept")
            refused("busy", tree.run, "delete", tree.path, tree.at("Saved"))
        tap.equal(os.listdir(tree.path), ["Saved"])


def listed(tree, path):
    """{subject: flags} as Malle reads it"""
    return dict(line.split("|") for line in tree.run("summary", path))


def test_mh():
    """unseen, flagged and replied are read from .mh_sequences; packing the folder keeps the keys"""
    with Tree() as tree:
        for number, name in ((1, "one"), (2, "two"), (7, "seven"), (12, "twelve")):
            tree.put("inbox", str(number), octets=letter(name))
        tree.put("inbox", ",3", octets=letter("removed"))
        tree.put("inbox", "sub", "1", octets=letter("below"))
        tree.put("inbox", ".mh_sequences", octets=b"cur: 1\nunseen: 2\n 7-12\nflagged: 12 1\nreplied: 1\n")
        os.symlink("/etc/passwd", tree.at("inbox", "13"))
        tap.equal(tree.folders(), ["inbox", "inbox/sub"])
        tap.equal(listed(tree, tree.at("inbox")), {"one": "SFR", "two": "-", "seven": "-", "twelve": "F"})
        keys = tree.run("list", tree.at("inbox"))
        os.rename(tree.at("inbox", "7"), tree.at("inbox", "3"))
        os.rename(tree.at("inbox", "12"), tree.at("inbox", "4"))
        tap.equal(tree.run("list", tree.at("inbox")), keys)
        refused("refused", tree.run, "flag", "--flags", "S", tree.at("inbox"), keys[1])
        refused("refused", tree.run, "remove", tree.at("inbox"), keys[1])


def test_mh_made_by_nmh():
    """a folder that nmh fills, marks, sorts and packs"""
    nmh = "/usr/bin/mh"
    tap.need(os.access(nmh + "/inc", os.X_OK), "nmh is not installed")
    with Tree() as tree:
        home = tree.place.name
        with open(os.path.join(home, ".mh_profile"), "w") as file:
            file.write("Path: Mail\nUnseen-Sequence: unseen\n")
        with open(os.path.join(home, "spool"), "wb") as file:
            file.write(b"".join(FROM + letter(name) + b"\n" for name in ("c", "a", "b")))

        def mh(*words):
            subprocess.run([os.path.join(nmh, words[0])] + list(words[1:]), check=True, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           env=dict(os.environ, HOME=home, MH=os.path.join(home, ".mh_profile"), MHCONTEXT=os.path.join(home, "context")))
        tree.put("inbox", ".mh_sequences", octets=b"")
        mh("inc", "-file", os.path.join(home, "spool"), "+inbox")
        tap.equal(listed(tree, tree.at("inbox")), {"a": "-", "b": "-", "c": "-"})
        keys = tree.run("list", tree.at("inbox"))
        mh("mark", "1", "-sequence", "unseen", "-delete", "-nozero")
        mh("mark", "2", "-sequence", "flagged", "-add")
        tap.equal(listed(tree, tree.at("inbox")), {"c": "S", "a": "F", "b": "-"})
        mh("sortm", "-textfield", "subject", "+inbox")
        tap.equal(listed(tree, tree.at("inbox")), {"c": "S", "a": "F", "b": "-"})
        tap.equal(sorted(tree.run("list", tree.at("inbox"))), sorted(keys))
        left = listed(tree, tree.at("inbox"))
        left.pop(next(iter(left)))
        mh("rmm", "1")
        mh("folder", "-pack", "+inbox")
        tap.equal(listed(tree, tree.at("inbox")), left)


if __name__ == "__main__":
    tap.main()
