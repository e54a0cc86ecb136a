"""Messages to another account: appended there, found there, and only then removed here."""

import contextlib
import json
import mailbox
import os
import tempfile
import time

import day
from support import tap
from support.bag import Bag
from support.servers import table
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils

QUOTA = "protocol imap {\n  mail_plugins = zlib quota imap_quota imap_zlib\n}\n" \
        "plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_max_mail_size = 10k\n}\n"


def account(server, name="two", user="two"):
    return "[account %s]\nreceive = imap+insecure://%s@127.0.0.1:%d\naddress = two@example.org\npassword = %s\n" % (
        name, user.replace("@", "%40"), server.port, server.password)


@contextlib.contextmanager
def two_accounts(*subjects, flags="\\Flagged", local=None, **options):
    """(bag, clients of one and of two): letters in the INBOX of the one, a mailbox Plans in the other."""
    with Dovecot(**options) as server:
        server.user = "one"
        one, two = server.client("one"), server.client("two")
        two.create("Plans")
        day.put(one, *subjects, flags=flags)
        more = "[account local]\nreceive = %s\n" % (local if "://" in local else "maildir://" + local) if local else ""
        with Bag(server, account=account(server) + more, name="one") as bag:
            bag.run("sync")
            yield bag, one, two


def decide(bag, pattern, *commands, mailbox="one:INBOX"):
    return bag.run("do", "--offline", "change-mailbox " + mailbox, "tag-pattern ~s %s" % pattern, *commands)


def undo_newest(bag):
    bag.run("journal", "undo", str(max(row["id"] for row in bag.json("journal", "--all", "--json"))))


def settled(bag):
    bag.run("sync")
    tap.equal(bag.json("journal", "--json"), [])


def in_store(bag):
    return sorted((row["mailbox"], row["subject"]) for row in bag.json("search", "--json", "~A"))


def test_move_and_copy():
    """flags, keywords and INTERNALDATE go along, a move leaves nothing behind, a copy leaves the original"""
    with two_accounts("A", "B", "C", flags="(\\Flagged work)") as (bag, one, two):
        one.select("INBOX")
        dates = one.fetch("1:2", "(INTERNALDATE)")[1]
        decide(bag, "A", "move-message two:Plans")
        decide(bag, "B", "copy-message two/Plans")
        # Seen at once, and in words.
        tap.equal(in_store(bag), [("INBOX", "B"), ("INBOX", "C"), ("Plans", "A"), ("Plans", "B")])
        words = bag.try_run("journal").out
        assert "Move 1 message to two:Plans" in words, words
        assert "Copy 1 message to two:Plans" in words, words
        tap.equal(day.subjects(one), {"A": {"\\Flagged", "work"}, "B": {"\\Flagged", "work"}, "C": {"\\Flagged", "work"}})
        settled(bag)
        tap.equal(day.subjects(one), {"B": {"\\Flagged", "work"}, "C": {"\\Flagged", "work"}})
        tap.equal(day.subjects(two, "Plans"), {"A": {"\\Flagged", "work"}, "B": {"\\Flagged", "work"}})
        two.select("Plans")
        tap.equal(two.fetch("1:2", "(INTERNALDATE)")[1], dates)
        tap.equal(in_store(bag), [("INBOX", "B"), ("INBOX", "C"), ("Plans", "A"), ("Plans", "B")])


def test_undo_before():
    """taken back before anything was sent: the servers hear nothing of it"""
    with two_accounts("A", "B") as (bag, one, two):
        decide(bag, "A", "move-message two:Plans", "undo")
        settled(bag)
        tap.equal(set(day.subjects(one)), {"A", "B"})
        tap.equal(day.subjects(two, "Plans"), {})
        tap.equal(in_store(bag), [("INBOX", "A"), ("INBOX", "B")])


def test_undo_after():
    """taken back when it is done: carried back, and a copy is removed there"""
    with two_accounts("A", "B") as (bag, one, two):
        for command in ("move-message", "copy-message"):
            decide(bag, "A", command + " two:Plans")
            settled(bag)
            tap.equal(set(day.subjects(two, "Plans")), {"A"})
            undo_newest(bag)
            settled(bag)
            tap.equal(day.subjects(one), {"A": {"\\Flagged"}, "B": {"\\Flagged"}})
            tap.equal(day.subjects(two, "Plans"), {})
            tap.equal(in_store(bag), [("INBOX", "A"), ("INBOX", "B")])


def test_refused():
    """APPEND refused for one of them: its original stays, with the server's words; the others go, and it can be tried again"""
    with two_accounts("A", "B", extra=QUOTA) as (bag, one, two):
        # Delivered past the quota, as mail from outside may be.
        bag.server.doveadm("-o", "plugin/quota_max_mail_size=0", "save", "-u", "one",
                           input=day.letter("Big", body=("y" * 76 + "\r\n") * 300))
        bag.run("sync")
        decide(bag, ".", "move-message two:Plans")
        bag.try_run("sync")
        tap.equal(set(day.subjects(one)), {"Big"})
        tap.equal(set(day.subjects(two, "Plans")), {"A", "B"})
        tap.equal(in_store(bag), [("INBOX", "Big"), ("Plans", "A"), ("Plans", "B")])
        rows = json.loads(bag.try_run("journal", "--json").out)
        tap.equal([(row["kind"], row["state"]) for row in rows], [("move", "failed")])
        assert "size" in rows[0]["error"].lower(), rows
        bag.run("journal", "retry", str(rows[0]["id"]))
        tap.equal(in_store(bag), [("Plans", "A"), ("Plans", "B"), ("Plans", "Big")])
        bag.try_run("sync")
        tap.equal(set(day.subjects(one)), {"Big"})
        said = bag.try_run("journal", "change", str(rows[0]["id"]), "Nowhere")
        assert said.code == 65 and "Nowhere" in said.err, said
        bag.run("journal", "change", str(rows[0]["id"]), "Archive")
        tap.equal(in_store(bag), [("Archive", "Big"), ("Plans", "A"), ("Plans", "B")])
        settled(bag)
        tap.equal((day.subjects(one), set(day.subjects(one, "Archive"))), ({}, {"Big"}))
        said = bag.try_run("journal", "change", str(rows[0]["id"]), "Drafts")
        tap.equal(said.code, 65, said)      # it is over


def test_cancel():
    """given up: the original is where it was, and nothing is listed any more"""
    with two_accounts("A") as (bag, one, two):
        decide(bag, "A", "move-message two:Plans")
        two.delete("Plans")
        bag.try_run("sync")
        rows = json.loads(bag.try_run("journal", "--json").out)
        tap.equal([row["kind"] for row in rows], ["move"])
        tap.equal(in_store(bag), [("INBOX", "A")])
        bag.run("journal", "cancel", str(rows[0]["id"]))
        settled(bag)
        tap.equal(set(day.subjects(one)), {"A"})


def test_view():
    """the journal's view: words, state, tries and the server's words of a refused one; it goes elsewhere, and back"""
    with two_accounts("A", extra=QUOTA) as (bag, one, two):
        bag.server.doveadm("-o", "plugin/quota_max_mail_size=0", "save", "-u", "one",
                           input=day.letter("Big", body=("y" * 76 + "\r\n") * 300))
        bag.run("sync")
        decide(bag, "Big", "move-message two:Plans")
        bag.try_run("sync")
        with bag.screen() as screen:
            screen.until("Big")
            screen.type(":journal\r")
            screen.until("Sent 1 time.")
            for words in ("Move 1 message to two:Plans", "refused", "Mail size is larger", "let it go elsewhere"):
                screen.until(words)
            screen.type("sArchive\r")
            screen.until("Move 1 message to Archive")
            tap.wait_until(lambda: set(day.subjects(one, "Archive")) == {"Big"}, "the message is moved to the other mailbox")
            screen.until("all done")
            screen.keys("Home")
            screen.type("u")
            screen.until("Taken back")
            tap.wait_until(lambda: set(day.subjects(one)) == {"A", "Big"}, "the message is back")


def test_without_uidplus():
    """from and to a server that says neither where it put a message, nor keeps keywords"""
    with Dovecot() as server, Mailutils() as bare:
        server.user = "one"
        one, two = server.client("one"), bare.client()
        two.create("Plans")
        day.put(one, "A", "B", flags="(\\Flagged work)")
        day.put(two, "C", "D", flags="\\Flagged")
        two.logout()
        with Bag(server, account=account(bare, user=bare.user), name="one") as bag:
            bag.run("sync")
            decide(bag, "A", "move-message two:Plans")
            decide(bag, "C", "move-message one:INBOX", mailbox="two:INBOX")
            said = bag.try_run("sync")
            assert "work" in said.out + said.err, said
            settled(bag)
            two = bare.client()
            tap.equal(set(day.subjects(one)), {"B", "C"})     # GNU imap4d leaves out the flags of an APPEND: C has none
            tap.equal(day.subjects(two, "Plans"), {"A": {"\\Flagged"}})
            tap.equal(set(day.subjects(two)), {"D"})


@table.each()
def test_there_and_back(server):
    """carried to this server and from it"""
    with Dovecot() as other:
        here, there = server.client(), other.client("two")
        there.create("Plans")
        day.put(here, "A", "B", flags="\\Flagged")
        day.put(there, "C", "D", flags="\\Seen")
        flags = day.subjects(here)["A"]     # GNU imap4d leaves out those of an APPEND
        here.logout()
        with Bag(server, account=account(other), name="one") as bag:
            bag.run("sync")
            decide(bag, "A", "move-message two:Plans")
            decide(bag, "C", "move-message one:INBOX", mailbox="two:INBOX")
            settled(bag)
            here = server.client()
            found = day.subjects(here)
            # GNU imap4d leaves the flags of an APPEND out, and writes those of a STORE only when the mailbox is left.
            tap.equal((set(found), found["C"] | (set() if flags else {"\\Seen"})), ({"B", "C"}, {"\\Seen"}))
            tap.equal(day.subjects(there), {"D": {"\\Seen"}})
            tap.equal(day.subjects(there, "Plans"), {"A": flags})


def make_maildir(*letters):
    maildir = tap.keep(tempfile.TemporaryDirectory(prefix="malle-maildir-"))
    for name in ("cur", "new", "tmp"):
        os.mkdir(os.path.join(maildir, name))
    for number, raw in enumerate(letters):
        with open(os.path.join(maildir, "cur", "17000000%02d.M1.host:2,FS" % number), "wb") as file:
            file.write(raw.replace(b"\r\n", b"\n"))
    return maildir


def in_maildir(maildir):
    """Subject → flags, as the files say."""
    found = {}
    for name in os.listdir(os.path.join(maildir, "cur")):
        with open(os.path.join(maildir, "cur", name)) as file:
            found[file.read().partition("Subject: ")[2].partition("\n")[0]] = name.partition(":2,")[2]
    return found


def test_from_a_maildir():
    """letters of a Maildir on this machine, copied and moved to a server as they are; and back"""
    raw = day.letter("Local")
    maildir = make_maildir(raw, day.letter("Going"))
    with two_accounts("A", local=maildir) as (bag, one, two):
        decide(bag, "Local", "copy-message two:Plans", mailbox="local:INBOX")
        decide(bag, "Going", "move-message two:Plans", mailbox="local:INBOX")
        settled(bag)
        tap.equal(day.subjects(two, "Plans"), {name: {"\\Flagged", "\\Seen"} for name in ("Local", "Going")})
        tap.equal(in_maildir(maildir), {"Local": "FS"})
        two.select("Plans")
        tap.equal(two.fetch("1", "(BODY.PEEK[])")[1][0][1], raw)
        undo_newest(bag)
        settled(bag)
        tap.equal(set(day.subjects(two, "Plans")), {"Local"})
        tap.equal(in_maildir(maildir), {"Local": "FS", "Going": "FS"})
        tap.equal(in_store(bag), [("INBOX", "A"), ("INBOX", "Going"), ("INBOX", "Local"), ("Plans", "Local")])


def test_into_a_maildir():
    """from a server into a Maildir, and decided about there before it has arrived"""
    maildir = make_maildir()
    with two_accounts("A", "B", "C", flags="(\\Seen work)", local=maildir) as (bag, one, two):
        decide(bag, "A", "move-message local:INBOX")
        decide(bag, "B", "copy-message local:INBOX")
        decide(bag, "A", "set-flag flagged", mailbox="local:INBOX")
        settled(bag)
        tap.equal({name: set(flags) & set("FS") for name, flags in in_maildir(maildir).items()}, {"A": {"F", "S"}, "B": {"S"}})
        tap.equal(set(day.subjects(one)), {"B", "C"})
        rows = {row["subject"]: row["keywords"] for row in bag.json("search", "--json", "~A") if row["account"] == "local"}
        tap.equal(rows, {"A": "work", "B": "work"})


def make_mbox(*letters):
    path = os.path.join(tap.keep(tempfile.TemporaryDirectory(prefix="malle-mbox-")), "INBOX")
    box = mailbox.mbox(path)
    for raw in letters:
        one = mailbox.mboxMessage(raw.replace(b"\r\n", b"\n"))
        one.set_from("a@example.org", time.gmtime(1700000000))
        one.set_flags("FR")
        box.add(one)
    box.flush()
    box.close()
    if not letters:
        open(path, "w").close()
    return path


def in_mbox(path):
    box = mailbox.mbox(path, create=False)
    found = {one["Subject"]: "".join(sorted(set(one.get_flags()) - {"O"})) + (" " + one["X-Keywords"] if one["X-Keywords"] else "") for one in box}
    box.close()
    return found


def test_from_an_mbox():
    """letters of an mbox, copied and moved to a server as they are; and back"""
    raw = day.letter("Local")
    path = make_mbox(raw, day.letter("Going"))
    with two_accounts("A", local="mbox://" + path) as (bag, one, two):
        decide(bag, "Local", "copy-message two:Plans", mailbox="local:INBOX")
        decide(bag, "Going", "move-message two:Plans", mailbox="local:INBOX")
        settled(bag)
        tap.equal(day.subjects(two, "Plans"), {name: {"\\Flagged", "\\Seen"} for name in ("Local", "Going")})
        tap.equal(in_mbox(path), {"Local": "FR"})
        undo_newest(bag)
        settled(bag)
        tap.equal((set(day.subjects(two, "Plans")), in_mbox(path)), ({"Local"}, {"Local": "FR", "Going": "FR"}))


def test_into_an_mbox():
    """from a server into an mbox, and decided about there before it has arrived"""
    path = make_mbox()
    with two_accounts("A", "B", "C", flags="(\\Seen work)", local="mbox://" + path) as (bag, one, two):
        decide(bag, "A", "move-message local:INBOX")
        decide(bag, "B", "copy-message local:INBOX")
        decide(bag, "A", "set-flag flagged", mailbox="local:INBOX")
        settled(bag)
        tap.equal((in_mbox(path), set(day.subjects(one))), ({"A": "FR work", "B": "R work"}, {"B", "C"}))


if __name__ == "__main__":
    tap.main()
