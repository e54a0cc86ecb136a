"""Attachments that lie on the mail server are passed on by it: neither fetched nor sent (CATENATE, BURL). Both links are counted."""

import base64
import email
import email.policy
import glob
import os
import random
import re
import signal
import sqlite3

from support import tap
from support.bag import Bag
from support.proxy import Proxy
from support.servers.submission import DovecotSubmission, Postfix

PASSWORD = "secret"
EDITOR = "#!/bin/sh\n{ printf 'See below.\\n'; cat \"$1\"; } > \"$1.new\" && mv \"$1.new\" \"$1\"\n"
NO_CATENATE = "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS MOVE ESEARCH CONDSTORE ENABLE NAMESPACE LIST-STATUS SPECIAL-USE URLAUTH URLAUTH=BINARY"


def original(octets):
    content = random.Random(5).randbytes(octets)
    lines = base64.encodebytes(content).decode()
    return content, ("From: Bob <bob@example.net>\nTo: test@example.org\nSubject: The film\nMessage-ID: <film@example.net>\n"
                     "Date: Tue, 3 Mar 2026 14:32:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                     "--b\nContent-Type: text/plain\n\nHere it is.\n\n"
                     "--b\nContent-Type: video/x-film; name=film.bin\nContent-Disposition: attachment; filename=film.bin\n"
                     "Content-Transfer-Encoding: base64\n\n" + lines + "--b--\n").replace("\n", "\r\n")


class Desk:
    def __init__(self, octets=50_000, submission=None, hold=0, **server):
        self.octets, self.options, self.hold, self.other = octets, server, hold, submission

    def __enter__(self):
        self.server = tap.keep(DovecotSubmission(**self.options))
        self.link = self.server.client()
        for name in ("Drafts", "Sent", "Elsewhere"):
            self.link.create(name)
        self.content, text = original(self.octets)
        assert self.link.append("INBOX", None, None, text.encode())[0] == "OK"
        self.mail = tap.keep(Proxy(self.server.port))
        self.submission = tap.keep(Proxy((self.other or self.server).submission_port))
        user = self.other.user if self.other else self.server.user
        self.bag = tap.keep(Bag(self.server, port=self.mail.port, host="localhost", options="editor = ~/editor\nsend-hold = %d\n" % self.hold,
                                account=self.way(user)))
        with open(self.bag.home + "/editor", "w") as file:
            file.write(EDITOR)
        os.chmod(self.bag.home + "/editor", 0o700)
        return self

    def __exit__(self, *_):
        pass

    def way(self, user):
        if self.other is None:
            return "poll = 0\nsend = smtp+insecure://%s@localhost:%d\n" % (user, self.submission.port)
        return "send = smtp://%s@localhost:%d\nca-file = %s\n" % (user, self.submission.port, self.other.ca_file)

    def octets_so_far(self):
        return sum(proxy.stats()[way] for proxy in (self.mail, self.submission) for way in ("up", "down"))

    def messages(self, mailbox):
        if self.link.select(mailbox, readonly=True)[1] == [b"0"]:
            return []
        return [email.message_from_bytes(one[1], policy=email.policy.default)
                for one in self.link.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(one, tuple)]

    def arrived(self):
        [letter] = (self.other or self.server).sink.wait(1)
        return email.message_from_bytes(letter.octets, policy=email.policy.default)

    def drafts(self, ending):
        return glob.glob(self.bag.home + "/.local/share/malle/drafts/*." + ending)

    def open(self, screen):
        screen.until("The film")
        screen.until("online")
        screen.keys("=", "Enter")
        screen.until("Here it is.")

    def forward(self, screen, key="f"):
        self.open(screen)
        screen.keys(key)
        screen.until("Letter: Fwd: The film")
        screen.type("eve@example.net\n\n")
        screen.until("See below.")

    def let_go(self):
        """The hold is over."""
        with sqlite3.connect(self.bag.store_path()) as link:
            link.execute("UPDATE sending SET not_before = 0")

    def sent(self, screen):
        """Waits until all is done, as the journal tells it."""
        screen.type(":quit\n")
        screen.until_end()
        self.bag.run("sync")
        return self.bag.query("SELECT kind, state, error FROM intent WHERE state <> 2")


def check_film(message, content):
    [part] = list(message.iter_attachments())
    tap.equal(part.get_filename(), "film.bin")
    tap.equal(part.get_content() == content, True, "the attachment, octet by octet")
    assert "See below." in message.get_body().get_content(), message


def test_five_megabytes():
    """a forward of 5 MB that lie on the server costs less than 4 kB on both links together, both ways"""
    with Desk(5_000_000) as desk, desk.bag.screen() as screen:
        desk.open(screen)
        screen.until(re.compile("film.bin"))
        before = desk.octets_so_far()
        screen.keys("f")
        screen.until("Letter: Fwd: The film")
        screen.type("eve@example.net\n\n")
        screen.until("See below.")
        screen.until(re.compile(r"film.bin +video/x-film +5.0 MB +on server"))
        screen.keys("y")
        screen.until(lambda _: len(desk.messages("Sent")) == 1)
        cost = desk.octets_so_far() - before
        tap.at_most(cost, 4000, "octets on both links together, both ways")
        check_film(desk.arrived(), desk.content)
        check_film(desk.messages("Sent")[0], desk.content)
        tap.equal(desk.messages("Drafts"), [])
        screen.type(":wire\n")
        screen.until("did not have to be sent: the server had it")
        screen.keys("q")
        tap.equal(desk.sent(screen), [])


def test_whole():
    """attached as a whole, the message is passed on by the server too, as it is"""
    with Desk() as desk, desk.bag.screen() as screen:
        desk.open(screen)
        screen.type(":forward-attached\n")
        screen.until("Letter: Fwd: The film")
        screen.type("eve@example.net\n\n")
        screen.until(re.compile("The film.eml +message/rfc822 .*on server"))
        screen.keys("y")
        [part] = list(desk.arrived().iter_attachments())
        tap.equal(part.get_content_type(), "message/rfc822")
        [inner] = list(part.get_content().iter_attachments())
        tap.equal(inner.get_content() == desk.content, True, "the film within")
        tap.equal(desk.sent(screen), [])


def test_without_catenate():
    """a server that puts nothing together: the attachment is fetched and sent, as ever"""
    with Desk(capability=NO_CATENATE) as desk, desk.bag.screen() as screen:
        desk.forward(screen)
        screen.until(re.compile("film.bin +video/x-film"))
        assert "on server" not in "\n".join(screen.lines()), screen
        screen.keys("y")
        check_film(desk.arrived(), desk.content)
        tap.equal(desk.sent(screen), [])
        check_film(desk.messages("Sent")[0], desk.content)


def test_submission_without_burl():
    """the submission server takes no URLs: what stayed on the mail server is fetched when the letter is to go"""
    with Postfix(password=PASSWORD) as postfix, Desk(submission=postfix, password=PASSWORD) as desk:
        with desk.bag.screen() as screen:
            desk.forward(screen)
            screen.until("on server")
            screen.keys("y")
            check_film(desk.arrived(), desk.content)
            tap.equal(desk.sent(screen), [])
            check_film(desk.messages("Sent")[0], desk.content)


def test_source_moves():
    """the message is moved before the letter goes: the attachment is found where it is now"""
    with Desk(hold=3600) as desk, desk.bag.screen() as screen:
        desk.forward(screen)
        screen.keys("y")
        screen.until("In the outbox")
        screen.type(":move Elsewhere\n")
        screen.until(lambda _: len(desk.messages("Elsewhere")) == 1)
        screen.type(":quit\n")
        screen.until_end()
        desk.let_go()
        desk.bag.run("sync")
        check_film(desk.arrived(), desk.content)


def test_source_vanishes():
    """the message is removed for good before the letter goes: said in words, the letter is kept"""
    with Desk(hold=3600) as desk:
        with desk.bag.screen() as screen:
            desk.forward(screen)
            screen.keys("y")
            screen.until("In the outbox")
            screen.type(":quit\n")
            screen.until_end()
        desk.link.select("INBOX")
        desk.link.store("1:*", "+FLAGS", "\\Deleted")
        desk.link.expunge()
        desk.let_go()
        desk.bag.try_run("sync")
        [(state, words)] = desk.bag.query("SELECT state, error FROM intent JOIN sending ON id = intent_id")
        tap.equal(state, 3, "failed")
        assert "film.bin" in words and "no longer there" in words, words
        tap.equal(desk.messages("Sent"), [])
        with desk.bag.screen() as screen:
            screen.until("online")
            screen.type(":journal\n")
            screen.until("film.bin")
            screen.keys("Down", "Down")
            screen.until(re.compile("lies in is no"))
            screen.type(":recall-message\n")
            screen.until("Letter: Fwd: The film")
            screen.keys("y")
            screen.until("no longer there")


def test_draft_keeps_it():
    """a draft holds what lies on the server: across a crash, as a draft on the server, and taken back from the outbox"""
    with Desk(hold=3600) as desk:
        with desk.bag.screen() as screen:
            desk.forward(screen)
            screen.signal(signal.SIGKILL)
            screen.until_end()
        [draft] = desk.drafts("letter")
        with open(draft) as file:
            assert "Attach-Remote: " in file.read()
        with desk.bag.screen() as screen:
            screen.until("A letter was not finished")
            screen.keys("o")
            screen.until("on server")
            screen.keys("y")
            screen.until("In the outbox")
            screen.keys("u")
            screen.until("Letter: Fwd: The film")
            screen.until(re.compile("film.bin +video/x-film .*on server"))
            before = desk.mail.stats()["up"]
            screen.keys("P")
            screen.until(lambda _: len(desk.messages("Drafts")) == 1)
            check_film(desk.messages("Drafts")[0], desk.content)
            tap.at_most(desk.mail.stats()["up"] - before, 8000, "octets up for the draft")
            screen.type(":quit\n")
            screen.until_end()


if __name__ == "__main__":
    tap.main()
