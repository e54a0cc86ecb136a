"""Letters on their way: one connection, each letter exactly once or a question, and the server's words (scripted servers)."""

import os
import tempfile
import threading

from driver import Driver
from liar import Liar
from mailer import Mailer, cut
from support import process, tap
from support.certificates import Authority
from support.scripted_server import ScriptedServer

LETTER = ("From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nBcc: Carol <carol@example.org>,\r\n dave@example.org\r\nSubject: x\r\n"
          "Message-ID: <1@example.org>\r\n\r\nHello\r\n.dots\r\n")
WITHOUT_BCC = LETTER.replace("Bcc: Carol <carol@example.org>,\r\n dave@example.org\r\n", "").encode()


def letter(text=LETTER):
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-letter-"))
    path = os.path.join(directory, "letter")
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return path


def engine_for(mailer, port, scheme="smtp+insecure", user="ada", settings="", **options):
    """An account whose mail cannot be fetched (nobody listens there), and which can send."""
    nowhere = process.free_ports(1)[0]
    send = "send = %s://%s127.0.0.1:%d\n" % (scheme, user + "@" if user else "", port)
    return Driver(nowhere, settings=send.replace("127.0.0.1", "localhost") + settings, **options)


def outbox(engine):
    return engine("outbox")


def test_sent():
    """a letter goes without its Bcc, with dots as they were, and the connection is given back when there is nothing more"""
    mailer = Mailer()
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org,carol@example.org")
        engine("sent")
        tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"])
        tap.equal(mailer.letters, [("ada@example.org", ["bob@example.org", "carol@example.org"], WITHOUT_BCC)])
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("sent")
        tap.equal(len(mailer.letters), 2)
        tap.equal(len(server.links), 1, "one connection for both")
        wires = [fact for fact in engine.facts if fact.startswith("wire send")]
        tap.equal([wire.split()[2] for wire in wires], ["flights=5", "flights=2"], "greeting, EHLO, AUTH, envelope, octets; then two")
    tap.equal(mailer.commands[1].split()[0], "AUTH")


def test_chunking_in_one_flight():
    """with CHUNKING a small letter leaves with its envelope in one flight"""
    mailer = Mailer(offers=Mailer.offers + ["CHUNKING"])
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        for _ in range(2):
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("sent")
        tap.equal([octets for _, _, octets in mailer.letters], [WITHOUT_BCC] * 2)
        wires = [fact.split()[2] for fact in engine.facts if fact.startswith("wire send")]
        tap.equal(wires, ["flights=4", "flights=1"])


def test_refused_recipient():
    """one recipient is refused for good: the others have the letter, it is kept, and only he is tried again"""
    mailer = Mailer(refuse={"bob@example.org": "550 5.1.1 who is bob?"})
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org,carol@example.org")
        engine("sent")
        told = outbox(engine)
        tap.equal(told[0].split()[:2], ["letter", "failed"])
        assert "550 5.1.1 who is bob? (there is no such mailbox)" in told[0], told
        tap.equal(told[1], "recipient bob@example.org refused 550 5.1.1 who is bob? (there is no such mailbox)")
        assert told[2].startswith("recipient carol@example.org accepted"), told
        mailer.refuse.clear()
        engine("retry", 0)
        engine("sent")
        tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"])
        tap.equal([recipients for _, recipients, _ in mailer.letters], [["carol@example.org"], ["bob@example.org"]])


def test_refused_for_now():
    """4yz: the letter waits with the server's words, and goes when the person asks for another try"""
    for answers in ({"mail": "451 4.7.1 later"}, {"data": "452 4.3.1 no room"}, {"letter": "451 4.3.0 later"}):
        mailer = Mailer(**answers)
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("putoff", list(answers.values())[0][:9])
            tap.equal(mailer.letters, [])
            mailer.answers.clear()
            engine("retry", 0)
            engine("sent")
            tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"], answers)
            tap.equal(len(mailer.letters), 1)


def test_refused_for_good():
    """5yz to MAIL, DATA or the letter: kept for correction, with the server's words, and not tried again by itself"""
    for answers in ({"mail": "550 5.7.1 not you"}, {"data": "554 5.6.0 not this"}, {"letter": "552 5.3.4 too much"}):
        mailer = Mailer(**answers)
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("sent")
            told = outbox(engine)
            tap.equal(told[0].split()[:2], ["letter", "failed"], answers)
            assert list(answers.values())[0] in told[0], told
            tap.equal(mailer.letters, [])


def test_cut_before_the_last_octets():
    """cut at any moment before the last octets: sent again by itself, exactly once"""
    class Cutting(Mailer):
        where = None

        def maybe(self, verb):
            if self.where == verb:
                self.where = None
                cut(None)

        def on_mail(self, link, argument):
            self.maybe("mail")
            super().on_mail(link, argument)

        def on_rcpt(self, link, argument):
            self.maybe("rcpt")
            super().on_rcpt(link, argument)

        def on_data(self, link, argument):
            self.maybe("data")
            super().on_data(link, argument)

        def on_auth(self, link, argument):
            self.maybe("auth")
            super().on_auth(link, argument)

    for where in ("auth", "mail", "rcpt", "data"):
        mailer = Cutting()
        mailer.where = where
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("sent")
            tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"], where)
            tap.equal(len(mailer.letters), 1, where)


def test_cut_behind_the_last_octets():
    """cut between the last octet and the answer: unknown, a question, and nothing is sent again without the person's word"""
    class Swallowing(Mailer):
        swallow = True

        def complete(self, link):
            if self.swallow:
                self.letters.append((self.sender, self.recipients, self.octets))
                cut(link)
            super().complete(link)

    mailer = Swallowing()
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("sent")
        told = outbox(engine)
        tap.equal(told[0].split()[:2], ["letter", "unknown"])
        assert "may or may not have been sent" in told[0], told
        engine("check")
        engine("quiet")
        tap.equal(len(mailer.letters), 1, "never twice in silence")
        mailer.swallow = False
        engine("retry", 0)
        engine("sent")
        tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"])
        tap.equal(len(mailer.letters), 2, "the person's word")
        engine("send", letter(), "ada@example.org", "bob@example.org", 3600000)
        engine("cancel", 0)
        tap.equal(len(mailer.letters), 2)


def test_offline_hold_and_undo():
    """offline it waits; within the hold undo takes it back; what is to go later does not go now"""
    mailer = Mailer()
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port, offline=True) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("quiet")
        tap.equal(len(server.links), 0)
        engine("go", "online")
        engine("sent")
        tap.equal(len(mailer.letters), 1)
        engine("send", letter(), "ada@example.org", "bob@example.org", 3600000)
        engine("undo")
        tap.equal([line.split()[1] for line in outbox(engine) if line.startswith("letter")].count("pending"), 0)
        engine("send", letter(), "ada@example.org", "carol@example.org", 0, "", 0, 7200)
        engine("quiet")
        tap.equal(len(mailer.letters), 1, "the server keeps nothing: it waits here")
        assert any(line.startswith("letter pending") for line in outbox(engine)), outbox(engine)


def test_hold_ends():
    """when the hold is over the letter goes by itself"""
    mailer = Mailer()
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org", 1500)
        assert any(line.startswith("letter pending") for line in outbox(engine))
        engine("sent")
        tap.equal(len(mailer.letters), 1)


def test_asked_for():
    """SIZE, delivery reports, REQUIRETLS and FUTURERELEASE stand in the commands where the server has them"""
    mailer = Mailer(offers=Mailer.offers + ["DSN", "REQUIRETLS", "FUTURERELEASE 86400 2030-01-01T00:00:00Z"])
    notify = 2 | 4 | 16 | 32
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org", 0, "", notify, 7200)
        engine("sent")
        tap.equal(len(mailer.letters), 1)
    mail = [command for command in mailer.commands if command.startswith("MAIL")][0]
    rcpt = [command for command in mailer.commands if command.startswith("RCPT")][0]
    assert "SIZE=%d" % len(WITHOUT_BCC) in mail and "REQUIRETLS" in mail and "RET=FULL" in mail, mail
    assert "HOLDFOR=7200" in mail or "HOLDFOR=7199" in mail, mail
    assert "NOTIFY=SUCCESS,FAILURE" in rcpt, rcpt


def test_cannot_go():
    """too large, REQUIRETLS that is not there, an address beyond ASCII: nothing is sent, and the words say why"""
    cases = [(["SIZE 100"], "bob@example.org", 0, "the server takes at most 100 bytes"),
             ([], "bob@example.org", 32, "lacks REQUIRETLS"),
             ([], "böb@example.org", 0, "lacks SMTPUTF8")]
    for offers, recipient, options, words in cases:
        mailer = Mailer(offers=["PIPELINING", "AUTH PLAIN"] + offers)
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(), "ada@example.org", recipient, 0, "", options)
            engine("sent")
            told = outbox(engine)
            tap.equal(told[0].split()[:2], ["letter", "failed"])
            assert words in told[0], told
            tap.equal([command for command in mailer.commands if command.startswith("MAIL")], [])


def test_utf8_only_when_needed():
    """SMTPUTF8 is asked for where an address or a field is beyond ASCII, and only there"""
    mailer = Mailer(offers=Mailer.offers + ["SMTPUTF8"])
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("sent")
        engine("send", letter(), "ada@example.org", "böb@example.org")
        engine("sent")
        engine("send", letter(LETTER.replace("Subject: x", "Subject: é")), "ada@example.org", "bob@example.org")
        engine("sent")
        engine("send", letter(LETTER.replace("Hello", "Héllo")), "ada@example.org", "bob@example.org")
        engine("sent")
    mails = [command for command in mailer.commands if command.startswith("MAIL")]
    tap.equal(["SMTPUTF8" in mail for mail in mails], [False, True, True, False])
    tap.equal(["BODY=8BITMIME" in mail for mail in mails], [False, False, True, True])


def test_many_recipients():
    """too many recipients at once: the others go at once, in a transaction of their own, each exactly once"""
    class Limited(Mailer):
        def on_rcpt(self, link, argument):
            if len(self.recipients) >= 2:
                link.send("452 4.5.3 too many recipients")
                return
            super().on_rcpt(link, argument)

    everybody = ["r%d@example.org" % n for n in range(5)]
    for mailer in (Limited(), Mailer(offers=Mailer.offers + ["LIMITS RCPTMAX=2"])):
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(), "ada@example.org", ",".join(everybody))
            engine("sent")
            tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"])
            tap.equal([recipients for _, recipients, _ in mailer.letters], [everybody[:2], everybody[2:4], everybody[4:]])


def test_not_sendable():
    """a line of more than 998 octets, a bare CR, NUL: refused here in words, never mended, never tried again"""
    for text, words in ((LETTER + "x" * 999 + "\r\n", "998"), (LETTER + "a\0b\r\n", "NUL")):
        mailer = Mailer()
        with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
            engine("send", letter(text), "ada@example.org", "bob@example.org")
            engine("sent")
            told = outbox(engine)
            tap.equal(told[0].split()[:2], ["letter", "failed"])
            assert words in told[0], told
            engine("check")
            engine("quiet")
            tap.equal(mailer.letters, [])
            engine("send", letter(), "ada@example.org", "bob@example.org")
            engine("sent")
            tap.equal(len(mailer.letters), 1, "the next one goes")


def test_log_in_refused():
    """a password that is refused: words, a question, and the letter waits; the right one sends it"""
    class Guard(Mailer):
        right = "AHRlc3QAcmlnaHQ="      # \\0test\\0right

        def on_auth(self, link, argument):
            good = argument.split()[-1] == "AGFkYQByaWdodA=="
            link.send("235 2.7.0 in" if good else "535 5.7.8 wrong password")

    mailer = Guard()
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("putoff", "waiting for the password")
        asked = [fact for fact in engine.facts + engine("turn") if fact.startswith("decision") and "ada" in fact]
        tap.equal(len(asked), 1, "one question")
        assert any("wrong password" in fact for fact in engine.facts), engine.facts
        engine("answer", asked[0].split()[1], "right")
        engine("sent")
        tap.equal(len(mailer.letters), 1)


def test_token_for_its_host():
    """a token is made for the submission server by a run of its own, and never the one of the mail server"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-token-"))
    script = os.path.join(directory, "token")
    with open(script, "w") as file:
        file.write("#!/bin/sh\necho token-for-$MALLE_HOST-$MALLE_USER\n")
    os.chmod(script, 0o700)
    mailer = Mailer(offers=["PIPELINING", "AUTH XOAUTH2"])
    with ScriptedServer(mailer) as server, engine_for(mailer, server.port, settings="token-command = %s\n" % script, password=None) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("sent")
    import base64
    said = base64.b64decode([command for command in mailer.commands if command.startswith("AUTH")][0].split()[2]).decode()
    assert "token-for-localhost-ada" in said, said


def test_nobody_there():
    """no server: the letter waits with the reason, and goes when there is one"""
    mailer = Mailer()
    port = process.free_ports(1)[0]
    with engine_for(mailer, port) as engine:
        engine("send", letter(), "ada@example.org", "bob@example.org")
        engine("putoff", "localhost")
        tap.equal(outbox(engine)[0].split()[:2], ["letter", "pending"])


def test_whether_a_copy_is_kept():
    """F35: Gmail makes its own copy of what is sent: none of ours, unless the account says so; sent-copy = no: none anywhere"""
    cases = [("IMAP4rev1", "", True), ("IMAP4rev1", "sent-copy = no\n", False), ("IMAP4rev1 X-GM-EXT-1", "", False),
             ("IMAP4rev1 X-GM-EXT-1", "sent-copy = yes\n", True)]
    for capability, setting, expected in cases:
        mailer, liar = Mailer(), Liar(capability, INBOX=[], Sent=[])
        with ScriptedServer(mailer) as submission, ScriptedServer(liar) as mail:
            settings = "send = smtp+insecure://ada@localhost:%d\nsent = Sent\n%s" % (submission.port, setting)
            with Driver(mail.port, settings=settings) as engine:
                engine("listed")
                engine("send", letter(), "ada@example.org", "bob@example.org")
                engine("sent")
                engine("quiet")
                tap.equal(outbox(engine)[0].split()[:2], ["letter", "done"])
        tap.equal(any(command.startswith("APPEND") for command in liar.commands), expected, "%s %s" % (capability, setting))


if __name__ == "__main__":
    tap.main()
