#!/usr/bin/env python3
"""The private submission servers do what the tests of sending count on."""

import os
import smtplib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import tap
from support.servers.submission import SUBMISSION, DovecotSubmission

LETTER = b"From: me@example.org\r\nTo: you@example.org\r\nSubject: caf\xc3\xa9\r\nDate: Tue, 24 Nov 2026 12:00:00 +0100\r\n" \
         b"Message-ID: <letter@example.org>\r\n\r\n.dot\r\n..\r\nna\xc3\xafve\r\n"


def relayed(server, count, sent):
    """The letter that came, without what each server writes in front of it."""
    letter = server.sink.wait(count)[-1]
    assert letter.octets.endswith(sent), letter.octets
    assert letter.octets[:-len(sent)].startswith(b"Received:"), letter.octets
    return letter


def take_a_letter(server, tls):
    before = len(server.sink.letters)
    link = server.smtp(tls=tls)
    link.sendmail("me@example.org", ["you@example.org", "them@example.net"], LETTER)
    link.quit()
    letter = relayed(server, before + 1, LETTER)
    tap.equal((letter.sender, sorted(letter.recipients)), ("me@example.org", ["them@example.net", "you@example.org"]))


def ask_for_tls_and_a_password(server):
    with smtplib.SMTP("localhost", server.submission_port, local_hostname="localhost") as link:
        link.ehlo()
        assert link.has_extn("starttls"), link.esmtp_features
        code, words = link.mail("me@example.org")
        if code == 250:         # some refuse at RCPT only
            code, words = link.rcpt("you@example.org")
        assert code >= 500, (code, words)
    link = smtplib.SMTP("localhost", server.submission_port, local_hostname="localhost")
    try:
        link.starttls(context=server.trust())
        link.login(server.user, "wrong")
        raise AssertionError("a wrong password was taken")
    except smtplib.SMTPAuthenticationError as refused:
        tap.equal(refused.smtp_code, 535)
    link.close()
    tap.equal(server.sink.letters, [])


# The table of doc/internals/servers.md.
OFFERS = {
    "SIZE": "yes yes yes yes", "PIPELINING": "yes yes yes lacks", "8BITMIME": "yes yes yes yes", "SMTPUTF8": "lacks yes yes lacks",
    "CHUNKING": "yes yes yes lacks", "BINARYMIME": "yes lacks lacks lacks", "DSN": "yes yes yes yes",
    "ENHANCEDSTATUSCODES": "yes yes lacks yes", "BURL": "yes lacks lacks lacks",
}


def offer_what_the_table_says(server):
    link = server.smtp()
    before = dict(link.esmtp_features)
    if link.ehlo()[0] == 503:       # OpenSMTPD takes one EHLO, and says nothing new after AUTH
        link.esmtp_features = before
    position = SUBMISSION.index(type(server))
    for what, said in OFFERS.items():
        tap.equal(link.has_extn(what), said.split()[position] == "yes", what)
    link.quit()


def test_table():
    """The table for people says what is asserted here"""
    with open(os.path.join(tap.source_dir(), "doc", "internals", "servers.md")) as file:
        text = file.read()
    for what, said in OFFERS.items():
        assert "| %s | %s |" % (what, " | ".join(said.split())) in text, what


for kind in SUBMISSION:
    def taking(kind=kind):
        with kind() as server:
            ask_for_tls_and_a_password(server)
            for tls in (False, True):
                take_a_letter(server, tls)
            offer_what_the_table_says(server)
    taking.__doc__ = "%s wants TLS and a password, takes a letter, and passes it on as it was" % kind.name
    globals()["test_" + kind.__name__.lower()] = taking


def test_burl():
    """Dovecot submits by BURL what lies in a mailbox, and passes on the answers of whom it relays to"""
    with DovecotSubmission() as server:
        server.sink.refuse["nobody@example.org"] = "550 5.1.1 No such person"
        imap = server.client()
        imap.append("Drafts", None, None, LETTER)
        imap.select("Drafts")
        url = "imap://%s@localhost/Drafts;UIDVALIDITY=%s/;UID=1;URLAUTH=submit+%s" % (
            server.user, imap.response("UIDVALIDITY")[1][0].decode(), server.user)
        imap.xatom("GENURLAUTH", '"%s" INTERNAL' % url)
        url = imap.response("GENURLAUTH")[1][0].decode().strip('"')
        link = server.smtp()
        link.ehlo()
        tap.equal(link.esmtp_features["burl"], "imap imap://localhost")
        tap.equal(link.mail("me@example.org")[0], 250)
        code, words = link.rcpt("nobody@example.org")
        tap.equal((code, b"No such person" in words), (550, True), words)
        tap.equal(link.rcpt("you@example.org")[0], 250)
        tap.equal(link.docmd("BURL", url + " LAST")[0], 250)
        tap.equal(relayed(server, 1, LETTER).recipients, ["you@example.org"])


def test_size():
    """Dovecot refuses a letter that is larger than it says it takes"""
    with DovecotSubmission(max_size=5000) as server:
        link = server.smtp()
        link.ehlo()
        tap.equal(int(link.esmtp_features["size"]), 5000)
        tap.equal(link.mail("me@example.org", ["SIZE=6000"])[0], 552)


tap.main()
