"""Submission servers that lie, and whoever stands on the way: no letter and no secret leaves, it waits with the reason, and nothing hangs."""

import base64
import os
import tempfile

from driver import Driver
from mailer import Mailer
from support import process, tap
from support.certificates import Authority
from support.scripted_server import ScriptedServer
from test_submission import LETTER, letter, outbox

SECRET = "hunter2-of-ada"
STRAY = "\x1b]0;stray\x07 words of nobody"


def authority():
    return Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-tls-")))


def waits(mailer, words, scheme="smtp", certificate=None, settings="", tls=False, host="localhost", answer_ms=0):
    """The letter waits, with these words; nothing of it or of the password was said. What the server heard."""
    with ScriptedServer(mailer, certificate=certificate, tls=tls) as server:
        send = "send = %s://ada@%s:%d\n" % (scheme, host, server.port)
        with Driver(process.free_ports(1)[0], password=SECRET, settings=send + settings, answer_ms=answer_ms) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("putoff", words)
            told = "\n".join(outbox(engine) + engine.facts)
            assert "\nletter pending" in "\n" + told, told
            assert "stray" not in told, "words of nobody are shown: " + told
        heard = b"\n".join(line for link in server.links for line in link.heard + [link.buffer])
        for secret in (SECRET.encode(), base64.b64encode(("\0ada\0" + SECRET).encode()), b"MAIL", b"bob@example.org"):
            assert secret not in heard, heard
        assert mailer.letters == [] if isinstance(mailer, Mailer) else True
    return heard


def test_starttls_missing():
    """S1: STARTTLS is not offered"""
    waits(Mailer(offers=["PIPELINING", "AUTH PLAIN", "X " + STRAY]), "does not offer STARTTLS")


def test_starttls_refused():
    """S2: STARTTLS is refused, for now or for good; what is said with it is nobody's word"""
    for code in ("454 4.7.0 ", "554 5.7.0 ", "500 5.5.1 "):
        class Refusing(Mailer):
            def on_starttls(self, link, _):
                link.send(code + STRAY)
        waits(Refusing(offers=["STARTTLS"]), "refuses STARTTLS")


def test_injected():
    """S4: replies behind the answer to STARTTLS, in the same segment"""
    class Injecting(Mailer):
        def on_starttls(self, link, _):
            link.raw(b"220 go on\r\n250-stray\r\n250 AUTH PLAIN\r\n")
            link.nothing_more()
    waits(Injecting(offers=["STARTTLS", "AUTH PLAIN"]), "before the connection was")


def test_offers_before_tls_are_forgotten():
    """S5, S9: what was offered in clear counts for nothing: EHLO is said again, and no mechanism is used that is not offered under TLS"""
    ca = authority()
    certificate = ca.server()
    mailer = Mailer(offers=["PIPELINING", "AUTH SCRAM-SHA-256"])
    mailer.offers_in_clear = ["STARTTLS", "PIPELINING", "AUTH PLAIN LOGIN", "SIZE 1"]
    with ScriptedServer(mailer, certificate=certificate) as server:
        send = "send = smtp://ada@localhost:%d\nca-file = %s\n" % (server.port, ca.certificate)
        with Driver(process.free_ports(1)[0], password=SECRET, settings=send) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            tap.wait_until(lambda: any(line.startswith("AUTH") for line in mailer.commands) or not engine("turn"), "the log-in")
            engine("quiet")
        auths = [line for line in mailer.commands if line.startswith("AUTH")]
        assert auths and all(line.startswith("AUTH SCRAM-SHA-256") for line in auths), auths
        tap.equal(sum(line.startswith("EHLO") for line in mailer.commands) >= 2, True, "EHLO again")
        tap.equal([line for line in mailer.commands if line.startswith("MAIL")], [], "a success without proof is none")


def test_greetings():
    """S6, S8: no greeting of a submission server, a refusal with words of anybody before TLS: shown to nobody"""
    for greeting in ("554 " + STRAY, "421 " + STRAY):
        waits(Mailer(greeting=greeting), "sends us away")

    def foreign(link):
        link.send("* OK IMAP4rev1 " + STRAY)
        link.nothing_more()
    waits(foreign, "")


def test_certificates():
    """S10: self-signed, expired, of another name, of nobody: nothing is sent; a question only where it can be answered"""
    ca = authority()
    kinds = [ca.server("expired", days="-1"), ca.server("name", alternatives="DNS:other.example", subject="/CN=localhost"),
             ca.server("own", signed=False), ca.server("none", alternatives=None)]
    for certificate in kinds:
        for scheme in ("smtps", "smtp"):
            waits(Mailer(offers=["STARTTLS"]), "", scheme=scheme, certificate=certificate, tls=scheme == "smtps",
                  settings="ca-file = %s\n" % ca.certificate)


def test_pinned():
    """S12: what is trusted for the submission server is trusted for it alone, and another certificate there is not"""
    ca = authority()
    first, second = ca.server("first", signed=False), ca.server("second", signed=False)
    mailer = Mailer()
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-engine-"))
    with ScriptedServer(mailer, certificate=first, tls=True) as server:
        send = "send = smtps://ada@localhost:%d\n" % server.port
        with Driver(process.free_ports(1)[0], settings=send, directory=directory) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("putoff", "")
            question = [fact for fact in engine.facts if fact.startswith("decision") and "certificate" in fact][0]
            engine("answer", question.split()[1], "pin")
            engine("sent")
            tap.equal(len(mailer.letters), 1)
            server.certificate = second
            engine("go", "offline")
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("go", "online")
            engine("putoff", "")
            tap.equal(len(mailer.letters), 1, "nothing was sent to who shows another one")


def test_endless():
    """S29: a reply of lines without end, a line without end, codes that differ, replies that nobody asked for"""
    def lines(link):
        link.send("220 here")
        link.line()
        while True:
            link.raw(b"250-x\r\n" * 1000)

    def line(link):
        link.raw(b"220 ")
        while True:
            link.raw(b"x" * 65536)

    def mixed(link):
        link.send("220 here")
        link.line()
        link.send("250-one", "251 two")
        link.nothing_more()

    def unasked(link):
        link.send("220 here", "250 and this")
        link.line()
        link.send("250 scripted", "354 go on")
        link.nothing_more()

    for script in (lines, line, mixed, unasked):
        waits(script, "", scheme="smtp+insecure")


def test_challenges_without_end():
    """334 after 334: the log-in is given up, in words"""
    def asks(link):
        link.send("220 here")
        link.line()
        link.send("250-scripted", "250 AUTH CRAM-MD5")
        link.line()
        while True:
            link.send("334 PDFAaG9zdD4=")
            link.line()
    waits(asks, "asks on and on", scheme="smtp+insecure")


def test_mixed_in_a_letter():
    """S29: 354 where there is nothing to go on with: the letter waits, and was not sent"""
    class Eager(Mailer):
        def on_rcpt(self, link, argument):
            link.send("354 go on")
    mailer = Eager()
    with ScriptedServer(mailer) as server:
        send = "send = smtp+insecure://ada@localhost:%d\n" % server.port
        with Driver(process.free_ports(1)[0], settings=send) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("putoff", "asks for the letter")
            tap.equal(mailer.letters, [])


def test_silence():
    """S30: nothing is said any more, at each step: an end with words, and before the last octets the letter is tried again"""
    for verb in ("ehlo", "auth", "mail", "rcpt", "data"):
        class Silent(Mailer):
            silent = True

        def hang(self, link, argument):
            link.nothing_more()
        setattr(Silent, "on_" + verb, hang)
        mailer = Silent(offers=["AUTH PLAIN"])
        with ScriptedServer(mailer) as server:
            send = "send = smtp+insecure://ada@localhost:%d\n" % server.port
            with Driver(process.free_ports(1)[0], settings=send, answer_ms=300) as engine:
                engine("send", letter(), "ada@example.org", "bob@example.org")
                engine("putoff", "")
                told = outbox(engine)
                assert told[0].startswith("letter pending"), (verb, told)
            tap.equal(mailer.letters, [], verb)


def test_nothing_of_this_machine():
    """S47: EHLO says nothing of this machine, and what leaves has no Bcc, no name of the program's user and no path"""
    mailer = Mailer()
    with ScriptedServer(mailer) as server:
        send = "send = smtp+insecure://ada@localhost:%d\n" % server.port
        with Driver(process.free_ports(1)[0], settings=send) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("sent")
    said = "\n".join(mailer.commands) + mailer.letters[0][2].decode()
    tap.equal(mailer.commands[0], "EHLO [127.0.0.1]")
    for leak in (os.uname().nodename, "Bcc", "carol", "dave", "/tmp", "localhost"):
        assert leak not in said, (leak, said)


def test_smuggling():
    """S46: a bare CR or LF never leaves, however the file was written: nobody reads two letters where there is one"""
    attack = LETTER + "first\r\n.\nMAIL FROM:<evil@example.org>\n.\rRCPT TO:<x@example.org>\n.\r\n.\r\nQUIT\r\n"
    for offers in (Mailer.offers, Mailer.offers + ["CHUNKING"]):
        mailer = Mailer(offers=offers)
        with ScriptedServer(mailer) as server:
            send = "send = smtp+insecure://ada@localhost:%d\n" % server.port
            with Driver(process.free_ports(1)[0], settings=send) as engine:
                engine("send", letter(attack), "ada@example.org", "bob@example.org")
                engine("sent")
        tap.equal(len(mailer.letters), 1)
        octets = mailer.letters[0][2]
        tap.equal(octets.count(b"\n"), octets.count(b"\r\n"))
        tap.equal(octets.count(b"\r"), octets.count(b"\r\n"))
        assert b"\r\n.\r\n" in octets, "the dots are the letter's own"


if __name__ == "__main__":
    tap.main()
