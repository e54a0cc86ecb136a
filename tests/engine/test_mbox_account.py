"""Accounts of mbox files and of MH folders: decisions through the journal into the files, and what other programs change, seen while it is open."""

import fcntl
import mailbox
import os
import subprocess

from support import tap
from support.local_bag import LocalBag


class MboxBag(LocalBag):
    """A person whose mail is a folder of mbox files."""

    scheme = "mbox"

    def __init__(self, mailboxes=("INBOX", "Archive", "Trash"), **more):
        super().__init__(mailboxes=(), **more)
        self.names = mailboxes

    def __enter__(self):
        super().__enter__()
        subprocess.run(["rm", "-rf", self.mail], check=True)
        os.mkdir(self.mail)
        for name in self.names:
            with open(self.at(name), "w"):
                pass
        self.write_accounts()
        return self

    def write_accounts(self, password=None):
        with open(self.accounts_file, "w") as file:
            file.write("[account here]\nreceive = %s://%s\naddress = me@example.org\n%s\n" % (self.scheme, self.mail, self.more))

    def at(self, name):
        return os.path.join(self.mail, name)

    def put(self, name, letters="", mailbox="INBOX", **_):
        """As a program that keeps to the locks delivers it."""
        marks = "".join("%s: %s\n" % (field, letters) for field in ("Status", "X-Status") if letters)
        with open(self.at(mailbox), "a") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            file.write("From a@example.org Tue Mar  3 14:32:10 2026\nFrom: a@example.org\nTo: me@example.org\nSubject: %s\nMessage-ID: <%s@x>\n"
                       "Date: Tue, 3 Mar 2026 14:32:10 +0100\n%s\nText of %s\n\n" % (name, name, marks, name))

    def found(self, mailbox_name="INBOX"):
        """{subject: Status and X-Status + keywords} as Python reads it."""
        box = mailbox.mbox(self.at(mailbox_name), create=False)
        found = [(one["Subject"], "".join(sorted(one.get_flags())) + (" " + one["X-Keywords"] if one["X-Keywords"] else "")) for one in box]
        box.close()
        assert len(found) == len(dict(found)), found
        return dict(found)


def test_decisions():
    """flags, keywords, moves, copies, deletion, archiving and expunging are done in the files"""
    with MboxBag() as bag:
        for name in "abcdefg":
            bag.put(name)
        bag.run("sync")
        bag.do("change-mailbox INBOX", "tag-pattern ~sa", "set-flag flagged", "set-flag family")
        bag.do("change-mailbox INBOX", "tag-pattern ~sb", "move-message Archive")
        bag.do("change-mailbox INBOX", "tag-pattern ~sc", "copy-message Archive")
        bag.do("change-mailbox INBOX", "tag-pattern ~sd", "delete-message")
        bag.do("change-mailbox INBOX", "tag-pattern ~se", "archive-message")
        bag.do("change-mailbox INBOX", "tag-pattern ~sf", "set-flag deleted", "expunge")
        bag.do("change-mailbox INBOX", "tag-pattern ~sg", "set-flag read")
        tap.equal(bag.found(), {"a": "FO family", "c": "", "g": "OR"})
        tap.equal((set(bag.found("Archive")), set(bag.found("Trash"))), ({"b", "c", "e"}, {"d"}))
        tap.equal([row for row in bag.json("journal", "--json") if row["state"] != "done"], [])
        tap.equal(sorted(bag.shown()), ["a", "c", "g"])
        # A look at the files afterwards finds nothing else than what was decided, and no message under another row.
        rows = bag.query("SELECT l.key, m.id FROM local_uid l JOIN message m ON m.mailbox_id = l.mailbox_id AND m.uid = l.uid ORDER BY 1")
        bag.run("sync")
        tap.equal(bag.query("SELECT l.key, m.id FROM local_uid l JOIN message m ON m.mailbox_id = l.mailbox_id AND m.uid = l.uid ORDER BY 1"), rows)


def test_many():
    """a decision about 300 letters is a few writes of the file, and keeps all of them"""
    with MboxBag() as bag:
        for number in range(300):
            bag.put("m%03d" % number)
        bag.run("sync")
        bag.do("change-mailbox INBOX", "tag-pattern ~A", "set-flag flagged")
        tap.equal(set(bag.found().values()), {"FO"})
        bag.do("change-mailbox INBOX", "tag-pattern ~A", "move-message Archive")
        tap.equal((len(bag.found()), len(bag.found("Archive"))), (0, 300))


def test_undo():
    """each decision can be taken back after it was done"""
    with MboxBag() as bag:
        bag.put("a")
        bag.put("b")
        bag.run("sync")
        before = {"a": "", "b": ""}
        with bag.screen() as screen:
            screen.until("2 unread of 2")
            for what in ("set-flag flagged", "move-message Archive", "delete-message"):
                screen.type(":tag-pattern ~A\r")
                screen.until("2 tagged")
                screen.type(":%s\r" % what)
                screen.until(lambda _: bag.found() != before)
                screen.until(lambda _: bag.query("SELECT count(*) FROM intent WHERE state IN (0, 1)") == [(0,)])
                screen.type(":undo\r")
                screen.until(lambda _: set(bag.found()) == set(before) and "F" not in "".join(bag.found().values()))
                screen.until(lambda _: bag.query("SELECT count(*) FROM intent WHERE state IN (0, 1)") == [(0,)])
                screen.type(":untag-pattern ~A\r")
            screen.type(":quit\r")
            screen.until_end()


def test_mailboxes():
    """mailboxes are made, renamed and deleted as files, and what is in them goes along"""
    with MboxBag() as bag:
        bag.put("a")
        bag.run("sync")
        bag.do("create-mailbox Lists", "create-mailbox Lists/malle")
        bag.do("change-mailbox INBOX", "tag-pattern ~A", "move-message Lists/malle")
        bag.do("change-mailbox Lists", "rename-mailbox Listes")
        tap.equal((sorted(os.listdir(bag.mail)), list(bag.shown("Listes/malle"))), (["Archive", "INBOX", "Listes", "Listes.sbd", "Trash"], ["a"]))
        bag.do("delete-mailbox Listes/malle")
        bag.do("delete-mailbox Listes")
        tap.equal(sorted(name for name in os.listdir(bag.mail) if os.path.isfile(bag.at(name))), ["Archive", "INBOX", "Trash"])
        tap.equal(bag.try_run("do", "create-mailbox ../out").code, 65)


def test_changed_while_open():
    """what another program delivers, marks and removes is on the screen without a key; while it holds the lock, a decision waits"""
    with MboxBag() as bag:
        bag.put("early")
        bag.run("sync")
        with bag.screen() as screen:
            screen.until("early")
            bag.put("late")
            screen.until("late")
            box = mailbox.mbox(bag.at("INBOX"))
            box.lock()
            box.discard(next(key for key, one in box.items() if one["Subject"] == "late"))
            screen.type(":first-entry\r:set-flag flagged\r")
            screen.until(lambda _: bag.query("SELECT count(*) FROM intent WHERE tries > 0 OR state = 0") == [(1,)])
            box.flush()
            box.unlock()
            box.close()
            screen.until(lambda _: bag.found() == {"early": "FO"})
            screen.until(lambda s: "late" not in s.text() and "early" in s.text())
            # The file is another one now, and is heard as well.
            bag.put("later")
            screen.until("later")
            screen.type(":quit\r")
            screen.until_end()


class MhBag(MboxBag):
    scheme = "mh"

    def put_mh(self, number, name, folder="inbox"):
        os.makedirs(self.at(folder), exist_ok=True)
        with open(os.path.join(self.mail, folder, str(number)), "w") as file:
            file.write("From: a@example.org\nSubject: %s\nMessage-ID: <%s@x>\nDate: Tue, 3 Mar 2026 14:32:10 +0100\n\nText\n" % (name, name))

    def sequences(self, text, folder="inbox"):
        with open(os.path.join(self.mail, folder, ".mh_sequences"), "w") as file:
            file.write(text)


def test_mh():
    """an MH folder is read: sequences are flags, other programs are noticed, and a decision about it is refused in words"""
    with MhBag(mailboxes=()) as bag:
        for number, name in enumerate("abc", 1):
            bag.put_mh(number, name)
        bag.sequences("unseen: 2-3\nflagged: 3\nreplied: 1\n")
        bag.run("sync")
        tap.equal(bag.query("SELECT base_flags FROM message ORDER BY uid"), [(3,), (0,), (4,)])     # seen and answered; nothing; flagged
        with bag.screen() as screen:
            screen.until("2 unread of 3")
            bag.put_mh(4, "delivered")
            screen.until("delivered")
            screen.type(":quit\r")
            screen.until_end()
        said = bag.try_run("do", "change-mailbox inbox", "tag-pattern ~sa", "set-flag flagged")
        tap.equal(said.code, 65)
        assert "inbox can only be read" in said.err, said


if __name__ == "__main__":
    tap.main()
