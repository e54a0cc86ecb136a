"""One upload: a letter goes up once, to Drafts, is submitted by its URL, and becomes the copy in Sent. Both links are counted."""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))

from driver import Driver
from support import tap
from support.proxy import Proxy
from support.servers.submission import DovecotSubmission

HEADER = ("From: Ada <ada@example.org>\r\nTo: bob@example.org\r\n%sSubject: x\r\nMessage-ID: <%s@example.org>\r\n"
          "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\r\n")


def letter(name, octets, bcc=""):
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-letter-"))
    path = os.path.join(directory, "letter")
    line = "".join(chr(33 + (n * 7) % 90) for n in range(76)) + "\r\n"
    with open(path, "w", newline="") as file:
        file.write(HEADER % (bcc, name) + line * (octets // len(line)))
    return path


def contents(server, mailbox):
    link = server.client()
    link.select('"%s"' % mailbox)
    found = [part for part in link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1] if isinstance(part, tuple)]
    link.logout()
    return [(part[0].decode(), part[1]) for part in found]


def engine_for(server, mail, submission, directory=None):
    settings = "send = smtp+insecure://%s@localhost:%d\n" % (server.user, submission)
    return Driver(mail, user=server.user, password=server.password, host="localhost", settings=settings, directory=directory)




def prepare(server):
    link = server.client()
    link.create("Sent")
    link.create("Drafts")
    link.logout()


def test_five_megabytes():
    """5 MB with a copy in Sent: at most 1.02 of the letter's size goes up in all, counted on both links"""
    with DovecotSubmission() as server:
        prepare(server)
        path = letter("big", 5_000_000)
        size = os.path.getsize(path)
        with Proxy(server.port) as mail, Proxy(server.submission_port) as submission:
            with engine_for(server, mail.port, submission.port) as engine:
                engine("listed")
                engine("quiet")
                before = mail.stats()["up"], submission.stats()["up"]
                engine("send", path, "ada@example.org", "bob@example.org", 0, "Sent")
                engine("settle")
                after = mail.stats()["up"], submission.stats()["up"]
                up = sum(after) - sum(before)
                tap.note("%d octets, %d up: IMAP %d, submission %d" % (size, up, after[0] - before[0], after[1] - before[1]))
                tap.at_most(up, size * 1.02, "octets up for a letter of %d" % size)
                told = engine("outbox")
                tap.equal(told[0].split()[1], "done", str(told))
        with open(path, "rb") as file:
            octets = file.read()
        tap.equal(server.sink.wait(1)[0].octets.endswith(octets[octets.index(b"\r\n\r\n"):]), True, "what arrived")
        found = contents(server, "Sent")
        tap.equal(len(found), 1)
        tap.equal(found[0][1] == octets, True, "the copy")
        assert "\\Draft" not in found[0][0] and "\\Seen" in found[0][0], found[0][0]
        tap.equal(contents(server, "Drafts"), [])


def test_refused_stays_in_drafts():
    """refused: it stays in Drafts, nothing is in Sent; corrected, it goes from there"""
    with DovecotSubmission() as server:
        prepare(server)
        server.sink.refuse["bob@example.org"] = "550 5.1.1 who is bob?"
        with engine_for(server, server.port, server.submission_port) as engine:
            engine("listed")
            engine("quiet")
            engine("send", letter("refused", 50_000), "ada@example.org", "bob@example.org", 0, "Sent")
            engine("sent")
            tap.equal(engine("outbox")[0].split()[1], "failed")
            engine("quiet")
            tap.equal(len(contents(server, "Drafts")), 1)
            tap.equal(contents(server, "Sent"), [])
            server.sink.refuse.clear()
            engine("retry", 0)
            engine("settle")
            tap.equal(engine("outbox")[0].split()[1], "done")
            tap.equal(len(contents(server, "Sent")), 1)
            tap.equal(contents(server, "Drafts"), [])
            tap.equal(len(server.sink.wait(1)), 1)


def test_partly_accepted():
    """one recipient of two is refused: the copy is in Sent once, and only the refused one is tried again"""
    with DovecotSubmission() as server:
        prepare(server)
        server.sink.refuse["bob@example.org"] = "550 5.1.1 who is bob?"
        with engine_for(server, server.port, server.submission_port) as engine:
            engine("listed")
            engine("quiet")
            engine("send", letter("partly", 50_000), "ada@example.org", "bob@example.org,carol@example.org", 0, "Sent")
            engine("sent")
            server.sink.refuse.clear()
            engine("retry", 0)
            engine("settle")
            tap.equal([each.recipients for each in server.sink.wait(2)], [["carol@example.org"], ["bob@example.org"]])
            tap.equal(len(contents(server, "Sent")), 1)
            tap.equal(contents(server, "Drafts"), [])


def test_bcc():
    """with Bcc: one upload all the same, the copy is put together from another header and what lies in Drafts; recipients do not see it"""
    with DovecotSubmission() as server:
        prepare(server)
        path = letter("bcc", 500_000, "Bcc: dave@example.org\r\n")
        size = os.path.getsize(path)
        with Proxy(server.port) as mail, Proxy(server.submission_port) as submission:
            with engine_for(server, mail.port, submission.port) as engine:
                engine("listed")
                engine("quiet")
                before = mail.stats()["up"] + submission.stats()["up"]
                engine("send", path, "ada@example.org", "bob@example.org,dave@example.org", 0, "Sent")
                engine("settle")
                up = mail.stats()["up"] + submission.stats()["up"] - before
                tap.at_most(up, size + 4000, "octets up for a letter of %d with Bcc" % size)
        arrived = server.sink.wait(1)[0]
        assert b"dave" not in arrived.octets.split(b"Subject")[1]
        tap.equal(arrived.recipients, ["bob@example.org", "dave@example.org"])
        with open(path, "rb") as file:
            octets = file.read()
        found = contents(server, "Sent")
        tap.equal([each == octets for _, each in found], [True])
        assert "\\Draft" not in found[0][0] and "\\Seen" in found[0][0], found[0][0]
        tap.equal(contents(server, "Drafts"), [])


def test_bcc_without_catenate():
    """with Bcc and a server that puts nothing together: two uploads, the copy keeps Bcc and the recipients do not see it"""
    capability = "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS MOVE ESEARCH CONDSTORE ENABLE NAMESPACE LIST-STATUS SPECIAL-USE URLAUTH URLAUTH=BINARY"
    with DovecotSubmission(capability=capability) as server:
        prepare(server)
        path = letter("bcc", 50_000, "Bcc: dave@example.org\r\n")
        with engine_for(server, server.port, server.submission_port) as engine:
            engine("listed")
            engine("quiet")
            engine("send", path, "ada@example.org", "bob@example.org,dave@example.org", 0, "Sent")
            engine("settle")
        assert b"dave" not in server.sink.wait(1)[0].octets.split(b"Subject")[1]
        with open(path, "rb") as file:
            tap.equal([octets for _, octets in contents(server, "Sent")], [file.read()])
        tap.equal(contents(server, "Drafts"), [])


def test_without_burl():
    """without URLAUTH: two uploads, and the copy is there all the same"""
    capability = "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS MOVE ESEARCH CONDSTORE ENABLE NAMESPACE LIST-STATUS SPECIAL-USE"
    with DovecotSubmission(capability=capability) as server:
        prepare(server)
        with engine_for(server, server.port, server.submission_port) as engine:
            engine("listed")
            engine("quiet")
            engine("send", letter("plain", 50_000), "ada@example.org", "bob@example.org", 0, "Sent")
            engine("settle")
            tap.equal(engine("outbox")[0].split()[1], "done")
        tap.equal(len(contents(server, "Sent")), 1)
        tap.equal(contents(server, "Drafts"), [])


if __name__ == "__main__":
    tap.main()
