"""Letters through real submission servers: Dovecot, Postfix, Exim, OpenSMTPD; read back octet by octet."""

import email
import email.policy
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))

from driver import Driver
from support import process, tap
from support.servers.submission import DovecotSubmission, Exim, OpenSmtpd, Postfix

SERVERS = (DovecotSubmission, Postfix, Exim, OpenSmtpd)
HEADER = ("From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nBcc: dave@example.org\r\nSubject: x\r\n"
          "Message-ID: <%d@example.org>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\r\n")
BODIES = ["", ".\r\n", ".one\r\n..two\r\n...\r\n", "x" * 998 + "\r\n" + "." * 998 + "\r\n", "no line end", "From here\r\n>From there\r\n",
          "a\r\n\r\n\r\n\r\n", "tab\tand trailing blanks   \r\n"]


def letter(number, body):
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-letter-"))
    path = os.path.join(directory, "letter")
    with open(path, "wb") as file:
        file.write((HEADER % number + body).encode())
    return path


def engine_for(server, scheme="smtp", port=None, **options):
    send = "send = %s://%s@localhost:%d\nca-file = %s\n" % (scheme, server.user, port or server.submission_port, server.ca_file)
    return Driver(process.free_ports(1)[0], settings=send, password=server.password, **options)


def body_of(octets):
    return octets.split(b"\r\n\r\n", 1)[1]


def each(work, **options):
    for kind in SERVERS:
        with kind(**options) as server:
            try:
                work(server)
            except AssertionError as error:
                raise AssertionError("%s: %s" % (kind.name, error)) from error


def test_bodies():
    """lines that begin with dots, 998 octets, empty bodies, no line end: what arrives is what was written, without Bcc"""
    def work(server):
        with engine_for(server) as engine:
            for number, body in enumerate(BODIES):
                engine("send", letter(number, body), "ada@example.org", "bob@example.org,dave@example.org")
            engine("sent")
            states = [line.split()[1] for line in engine("outbox") if line.startswith("letter")]
            tap.equal(states, ["done"] * len(BODIES), str(engine("outbox")))
        # A relay may pass one letter on once for each recipient.
        tap.wait_until(lambda: {n for n in range(len(BODIES)) for l in server.sink.letters
                                if b"<%d@example.org>" % n in l.octets} == set(range(len(BODIES))), "all letters")
        for found in list(server.sink.letters):
            read = email.message_from_bytes(found.octets, policy=email.policy.SMTP)
            number = int(str(read["Message-ID"])[1:].split("@")[0])
            body = BODIES[number] if BODIES[number].endswith("\r\n") or not BODIES[number] else BODIES[number] + "\r\n"
            tap.equal(read["Bcc"], None)
            tap.equal(body_of(found.octets), body.encode(), "letter %d" % number)
    each(work)


def test_binary():
    """what is no text goes as it is where the server takes it (CHUNKING with BINARYMIME: Dovecot), octet by octet; elsewhere it is refused in words"""
    body = "a\0b\r\n" + "x" * 1200 + "\r\n.\r\n\0"
    with DovecotSubmission() as server:
        # Dovecot says what it takes only behind the log-in, where it is asked once more by who may have URLs for it.
        send = "send = smtp+insecure://%s@localhost:%d\n" % (server.user, server.submission_port)
        with Driver(server.port, user=server.user, password=server.password, host="localhost", settings=send) as engine:
            engine("listed")
            engine("quiet")
            engine("send", letter(1, body), "ada@example.org", "bob@example.org")
            engine("sent")
            tap.equal(engine("outbox")[0].split()[1], "done", str(engine("outbox")))
        [found] = server.sink.wait(1)
        tap.equal(body_of(found.octets) == body.encode(), True, "octet by octet")
        tap.equal("BODY=BINARYMIME" in found.parameters[0], True, str(found.parameters))
    with Postfix() as server, engine_for(server) as engine:
        engine("send", letter(1, body), "ada@example.org", "bob@example.org")
        engine("sent")
        tap.equal(engine("outbox")[0].split()[1], "failed", str(engine("outbox")))
        tap.equal(server.sink.letters, [])


def test_both_ways_in():
    """TLS from the first byte as well as STARTTLS; a wrong password is said to be one"""
    def work(server):
        with engine_for(server, "smtps", server.submission_tls_port) as engine:
            engine("send", letter(1, "x\r\n"), "ada@example.org", "bob@example.org")
            engine("sent")
            tap.equal(engine("outbox")[0].split()[1], "done", str(engine("outbox")))
        wrong = Driver(process.free_ports(1)[0], password="wrong",
                       settings="send = smtp://%s@localhost:%d\nca-file = %s\n" % (server.user, server.submission_port, server.ca_file))
        with wrong as engine:
            engine("send", letter(1, "x\r\n"), "ada@example.org", "bob@example.org")
            engine("putoff", "waiting for the password")
            assert any("refuses the login of %s" % server.user in fact for fact in engine.facts + engine("turn")), engine.facts
    each(work)


def test_too_large():
    """a letter that is larger than the server says: nothing is sent, in words"""
    def work(server):
        with engine_for(server) as engine:
            engine("send", letter(1, ("y" * 70 + "\r\n") * 5000), "ada@example.org", "bob@example.org")
            engine("sent")
            told = engine("outbox")
            tap.equal(told[0].split()[1], "failed", str(told))
            assert "the server takes at most" in told[0], told
            tap.equal(server.sink.letters, [])
    each(work, max_size=100000)


def test_copy_in_sent():
    """the copy in Sent has the Bcc, and is made because the letter was accepted; a refused letter leaves none"""
    with DovecotSubmission() as server:
        server.client().create("Sent")
        server.sink.refuse["nobody@example.org"] = "550 5.1.1 nobody"
        settings = "send = smtps://%s@localhost:%d\nca-file = %s\n" % (server.user, server.submission_tls_port, server.ca_file)
        with Driver(server.port, user=server.user, password=server.password, settings=settings) as engine:
            engine("listed")
            engine("send", letter(1, "hello\r\n"), "ada@example.org", "bob@example.org", 0, "Sent")
            engine("settle")
            engine("send", letter(2, "hello\r\n"), "ada@example.org", "nobody@example.org", 0, "Sent")
            engine("sent")
            tap.equal([line.split()[1] for line in engine("outbox") if line.startswith("letter")], ["failed", "done"])
            link = server.client()
            link.select("Sent")
            found = link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]
            octets = [part[1] for part in found if isinstance(part, tuple)]
            tap.equal(octets, [(HEADER % 1 + "hello\r\n").encode()])


def test_copy_is_tried_again():
    """F34: the server does not take the copy: the letter is sent all the same, the copy is shown from here and tried again with the next link"""
    with DovecotSubmission() as server:
        link = server.client()
        link.create("Posted")
        settings = "send = smtps://%s@localhost:%d\nca-file = %s\nsent = Posted\n" % (server.user, server.submission_tls_port, server.ca_file)
        with Driver(server.port, user=server.user, password=server.password, settings=settings) as engine:
            engine("listed")
            engine("quiet")
            tap.equal(link.delete("Posted")[0], "OK")
            engine("send", letter(7, "hello\r\n"), "ada@example.org", "bob@example.org", 0, "Posted")
            engine("sent")
            engine("quiet")
            tap.equal(engine("outbox")[0].split()[1], "done")
            kept = [line for line in engine("intents") if line.startswith("intent pending append")]
            assert len(kept) == 1 and "It is kept here, and tried again" in kept[0], kept
            tap.equal(len(engine.rows("Posted")), 1, "shown from here")
            link.create("Posted")
            engine("go", "offline")
            engine("go", "online")
            engine("settle")
            link.select("Posted")
            tap.equal(len(link.uid("SEARCH", "ALL")[1][0].split()), 1)
            tap.equal(len(server.sink.wait(1)), 1, "sent once")


if __name__ == "__main__":
    tap.main()
