"""malle send without a server: what it makes of a command line and its standard input, durable in the spool."""

import configparser
import email
import email.policy
import glob
import os
import subprocess

from support import tap
from support.bag import Bag, Result

ACCOUNTS = """[account home]
name = Ada Lovelace
address = ada@example.org
receive = imaps://ada@127.0.0.1:1
send = smtps://ada@127.0.0.1:1
password = secret
identity = Countess <ada@work.example>

[account silent]
address = ada@silent.example
receive = imaps://ada@127.0.0.1:1
password = secret

[account other]
name = Ada
address = ada@other.example
receive = imaps://ada@127.0.0.1:1
send = smtps://ada@127.0.0.1:1
password = secret
"""


class Desk:
    """A home whose letters stay in the spool."""

    def __init__(self, accounts=ACCOUNTS):
        self.bag = tap.keep(Bag())
        with open(os.open(os.path.join(self.bag.config, "accounts"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(accounts)
        self.spool = os.path.join(self.bag.home, ".local", "share", "malle", "store.db.spool")

    def path(self, name, octets):
        path = os.path.join(self.bag.home, name)
        with open(path, "wb") as file:
            file.write(octets)
        return path

    def send(self, *arguments, input=b"", code=0):
        """What was put into the spool: (envelope, octets), or None."""
        before = set(glob.glob(self.spool + "/*.envelope"))
        self.result = self.bag.try_run("send", "--queue", *arguments, input=input)
        return self._taken(before, code)

    def sendmail(self, *arguments, input=b"", code=0):
        """The same, called by the name sendmail."""
        before = set(glob.glob(self.spool + "/*.envelope"))
        process = subprocess.Popen(["/usr/sbin/sendmail", "-odq"] + list(arguments), executable=tap.program(), env=self.bag.environment(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(input)
        self.result = Result(process.returncode, out.decode(), err.decode())
        return self._taken(before, code)

    def _taken(self, before, code):
        assert "Sanitizer" not in self.result.err and "runtime error" not in self.result.err, self.result.err
        tap.equal(self.result.code, code, self.result.err)
        new = set(glob.glob(self.spool + "/*.envelope")) - before
        if code != 0:
            tap.equal(new, set(), "something was queued by a command that failed")
            tap.equal(glob.glob(self.spool + "/*.tmp") + glob.glob(self.spool + "/*.parts"), [])
            tap.equal(len(glob.glob(self.spool + "/*.eml")), len(before), "a letter without an envelope")
            return None
        assert len(new) == 1, (new, self.result)
        path = new.pop()
        for one in (path, path[:-len("envelope")] + "eml"):
            tap.equal(os.stat(one).st_mode & 0o777, 0o600)
        parser = configparser.RawConfigParser(strict=True)
        parser.read(path)
        envelope = dict(parser["letter"])
        envelope["recipients"] = [r for r in envelope["recipients"].split(";") if r]
        with open(path[:-len("envelope")] + "eml", "rb") as file:
            return envelope, file.read()


desk = Desk()


def parsed(octets):
    return email.message_from_bytes(octets, policy=email.policy.default)


def text_of(message):
    return message.get_content().replace("\r\n", "\n")


def test_body():
    """A body with -s, -c, -b, -a … -- as mutt takes them"""
    envelope, octets = desk.send("-s", "Grüße ☂", "-c", "Zoë <zoe@example.net>", "-b", "secret@example.net", "-a",
                                 desk.path("été.txt", b"summer\n"), desk.path("data.bin", bytes(range(256))), "--",
                                 "Bob <bob@example.net>", "carol@example.net", input="Guten Tag,\nÄpfel.\n".encode())
    message = parsed(octets)
    tap.equal(envelope["account"], "home")
    tap.equal(envelope["sender"], "ada@example.org")
    tap.equal(envelope["recipients"], ["bob@example.net", "carol@example.net", "zoe@example.net", "secret@example.net"])
    tap.equal(message["Subject"], "Grüße ☂")
    tap.equal(message["From"], "Ada Lovelace <ada@example.org>")
    tap.equal(message["To"], "Bob <bob@example.net>, carol@example.net")
    tap.equal(message["Cc"], "Zoë <zoe@example.net>")
    parts = list(message.walk())[1:]
    tap.equal(text_of(parts[0]), "Guten Tag,\nÄpfel.\n")
    tap.equal([(part.get_filename(), part.get_payload(decode=True)) for part in parts[1:]],
              [("été.txt", b"summer\n"), ("data.bin", bytes(range(256)))])
    assert message["Date"] and message["Message-ID"].endswith("@example.org>"), octets


def test_include():
    """-i takes the body from a file, and no body is a body"""
    tap.equal(text_of(parsed(desk.send("-s", "x", "-i", desk.path("body", b"from a file\n"), "bob@example.net")[1])), "from a file\n")
    tap.equal(text_of(parsed(desk.send("-s", "x", "bob@example.net")[1])).strip(), "")
    tap.equal(text_of(parsed(desk.send("bob@example.net", input=b"na\xefve\n")[1])), "naïve\n")


def test_accounts():
    """The account is the one named, or the one whose address writes, or the first that can send"""
    tap.equal(desk.send("--account", "other", "bob@example.net")[0]["account"], "other")
    tap.equal(desk.send("--from", "Ada <ada@other.example>", "bob@example.net")[0]["account"], "other")
    envelope, octets = desk.send("--from", "Countess <ADA@work.example>", "bob@example.net")
    tap.equal((envelope["account"], envelope["sender"], parsed(octets)["From"]), ("home", "ADA@work.example", "Countess <ADA@work.example>"))
    tap.equal(desk.send("-f", "bounces@example.org", "bob@example.net")[0]["sender"], "bounces@example.org")
    desk.send("--account", "silent", "bob@example.net", code=78)
    desk.send("--account", "nobody", "bob@example.net", code=78)


def test_refused():
    """What makes no sense is refused in words, with sysexits' codes, and nothing stays behind"""
    desk.send(code=64)
    assert "no recipients" in desk.result.err, desk.result.err
    desk.send("--wat", "bob@example.net", code=64)
    desk.send("-t", "-s", "x", "bob@example.net", code=64)
    desk.send("--later", "whenever", "bob@example.net", code=64)
    desk.send("--later", "2001-01-01", "bob@example.net", code=64)
    desk.send("-a", "/nowhere/at/all", "--", "bob@example.net", code=65)
    desk.send("not an address", code=65)
    desk.send("bob@example.net\nBcc: eve@evil.example", code=65)
    desk.send("bob@example.net", input=b"a\0b", code=65)
    desk.send("-t", input=b"To: b@example.net\n\na\0b", code=65)
    desk.send("-t", input=b"Subject: x\n\nto nobody\n", code=64)
    desk.sendmail("-bs", code=64)
    tap.equal(Desk("[account home]\nreceive = imaps://a@b\n").bag.try_run("send", "bob@example.net", input=b"").code, 78)
    tap.equal(Desk("nonsense\n").bag.try_run("send", "bob@example.net", input=b"").code, 78)
    blocked = Desk()
    os.makedirs(os.path.dirname(blocked.spool))
    with open(blocked.spool, "w"):
        pass                    # a file where the folder has to be
    tap.equal(blocked.bag.try_run("send", "bob@example.net", input=b"").code, 73)


def test_later():
    """--later keeps the letter until then"""
    import time
    before = time.time()
    release = int(desk.send("--later", "2h", "bob@example.net")[0]["release-at"]) / 1e6
    assert before + 7199 <= release <= time.time() + 7201, (before, release)


def test_wishes():
    """--dsn and --requiretls, and sendmail's -N and -R, stand in the envelope; what makes no sense is refused"""
    tap.equal(desk.send("--dsn=success,failure", "--requiretls", "bob@example.net")[0]["options"], str(2 | 4 | 32))
    tap.equal(desk.send("--dsn", "never", "bob@example.net")[0]["options"], "1")
    message = b"From: a@example.org\nTo: bob@example.net\n\nx\n"
    tap.equal(desk.sendmail("-N", "delay", "-R", "full", "-t", input=message)[0]["options"], str(8 | 16))
    for wrong in ("sometimes", "never,success", ""):
        desk.send("--dsn=" + wrong, "bob@example.net", code=64)


def test_sendmail_t():
    """sendmail -t -oi: the header says to whom, and the message stays as it is"""
    body = b".\n..\nFrom here on\n" + b"x" * 998 + b"\n\n\n"
    header = b"X-First: 1\nTo: Bob <bob@example.net>,\n\tcarol@example.net\nCc: =?utf-8?q?Zo=C3=AB?= <zoe@example.net>\n" \
             b"Bcc: secret@example.net\nFrom: Cron <cron@example.org>\nSubject: nightly\nMessage-ID: <1@example.org>\n" \
             b"Date: Tue, 24 Nov 2026 12:00:00 +0100\n"
    envelope, octets = desk.sendmail("-t", "-oi", input=header + b"\n" + body)
    tap.equal(octets, header + b"\n" + body)
    tap.equal(envelope["recipients"], ["bob@example.net", "carol@example.net", "zoe@example.net", "secret@example.net"])
    tap.equal((envelope["account"], envelope["sender"]), ("home", "cron@example.org"))
    envelope, octets = desk.send("-t", "-oi", "-f", "bounce@example.org", input=header + b"\n" + body)
    tap.equal((octets, envelope["sender"]), (header + b"\n" + body, "bounce@example.org"))


def test_sendmail_dots():
    """sendmail without -i ends at a lone dot, and takes its recipients from the command line"""
    envelope, octets = desk.sendmail("-fbounce@example.org", "bob@example.net",
                                     input=b"Subject: x\nTo: carol@example.net\n\nbefore\n.\nafter\n")
    assert octets.endswith(b"\n\nbefore\n"), octets
    tap.equal((envelope["recipients"], envelope["sender"]), (["bob@example.net"], "bounce@example.org"))
    tap.equal(desk.sendmail("-i", "bob@example.net", input=b"Subject: x\n\nbefore\n.\nafter\n")[1][-15:], b"before\n.\nafter\n")
    tap.equal(desk.sendmail("-i", "-f", "<>", "bob@example.net", input=b"Subject: x\n\n")[0]["sender"], "")


def test_sendmail_incomplete():
    """What scripts leave out is added: From, Date, Message-ID, MIME for text that needs it"""
    envelope, octets = desk.sendmail("-t", "-oi", "-F", "The Machine",
                                     input="To: bob@example.net\nSubject: Café\n\nÄpfel\n".encode() + b"y" * 3000 + b"\n")
    message = parsed(octets)
    tap.equal((message["From"], message["Subject"], message["To"]), ("The Machine <ada@example.org>", "Café", "bob@example.net"))
    tap.equal(text_of(message), "Äpfel\n" + "y" * 3000 + "\n")
    assert octets.isascii() and max(map(len, octets.splitlines())) <= 998, octets
    assert message["Date"] and message["Message-ID"].endswith("@example.org>"), octets
    tap.equal(envelope["sender"], "ada@example.org")
    octets = desk.sendmail("bob@example.net", input=b"no header at all: not even one\nline two\n")[1]
    assert octets.endswith(b"\n\nno header at all: not even one\nline two\n"), octets
    octets = desk.sendmail("bob@example.net", input=b"From ada Tue Nov 24\nReturn-Path: <x>\nSubject: a\n\nb\n")[1]
    assert b"From ada" not in octets and b"Return-Path" not in octets and octets.startswith(b"Subject: a\n"), octets
    octets = desk.sendmail("-t", input=b"To: bob@example.net\r\nSubject: a\rBcc: eve@evil.example\r\n\r\nbody\r\n")[1]
    tap.equal(parsed(octets)["Bcc"], None)
    tap.equal(parsed(octets)["Subject"], "a Bcc: eve@evil.example")


def test_resent():
    """A message that is resent goes to whom Resent-To names, and to nobody else"""
    envelope, octets = desk.sendmail("-t", "-oi", input=b"Resent-From: ada@other.example\nResent-To: bob@example.net\nFrom: eve@example.com\n"
                                     b"To: carol@example.net\nSubject: x\nDate: Tue, 24 Nov 2026 12:00:00 +0100\nMessage-ID: <2@example.com>\n\nbody\n")
    tap.equal((envelope["recipients"], envelope["sender"], envelope["account"]), (["bob@example.net"], "ada@other.example", "other"))


def test_draft():
    """-H takes a draft with its header, and adds what the command line says"""
    draft = desk.path("draft", "To: Bob <bob@example.net>\nSubject: Ébauche\nIn-Reply-To: <1@example.net>\n\nDéjà vu\n".encode())
    envelope, octets = desk.send("-H", draft, "-c", "carol@example.net")
    message = parsed(octets)
    tap.equal((envelope["recipients"], message["Subject"], message["In-Reply-To"]),
              (["bob@example.net", "carol@example.net"], "Ébauche", "<1@example.net>"))
    tap.equal(text_of(message), "Déjà vu\n")
    again, second = desk.send("-H", desk.path("draft.eml", octets))
    tap.equal((again["recipients"], text_of(parsed(second))), (["bob@example.net", "carol@example.net"], "Déjà vu\n"))
    assert parsed(second)["Message-ID"] != message["Message-ID"], "a letter of its own"
    tap.equal(parsed(desk.send("-H", "-", input=b"To: bob@example.net\nSubject: in\n\nx\n")[1])["Subject"], "in")


def test_mailto():
    """mailto: gives addresses, subject, body and references, and nothing else"""
    envelope, octets = desk.send("mailto:bob@example.net,%22a%2Cb%22@example.net?cc=c@example.net&bcc=d@example.net&subject=Caf%C3%A9%20%26%20co"
                                 "&body=one%0D%0Atwo&in-reply-to=%3C1@example.net%3E&references=%3C0@example.net%3E%20%3C1@example.net%3E"
                                 "&attach=/etc/passwd&X-Evil=1&From=eve@evil.example")
    message = parsed(octets)
    tap.equal(envelope["recipients"], ["bob@example.net", '"a,b"@example.net', "c@example.net", "d@example.net"])
    tap.equal((message["Subject"], message["In-Reply-To"], message["References"]), ("Café & co", "<1@example.net>", "<0@example.net> <1@example.net>"))
    tap.equal(text_of(message), "one\ntwo\n")
    tap.equal((message["From"], message["X-Evil"], message.is_multipart()), ("Ada Lovelace <ada@example.org>", None, False))
    for left_out in ("attach", "x-evil", "from"):
        assert left_out in desk.result.err, desk.result.err
    for url in ("mailto:bob@example.net?subject=a%0D%0ABcc:eve@evil.example", "mailto:bob@example.net%0ABcc:x?subject=a", "mailto:b%00@example.net",
                "mailto:bob@example.net?body=%00", "mailto:bob@example.net?subject=%FF", "mailto:bob@example.net?subject=%2", "mailto:bob@example.net?"
                "sub%0Aject=x"):
        desk.send(url, code=65)
    tap.equal(parsed(desk.send("-s", "mine", "mailto:bob@example.net?subject=theirs")[1])["Subject"], "mine")


def test_mailto_screen():
    """malle mailto:… opens the letter on the screen, shows all that was set, and sends nothing"""
    with desk.bag.screen("--offline", "mailto:bob@example.net?subject=Caf%C3%A9&cc=eve@example.net&bcc=dan@example.net&body=one%0D%0Atwo"
                         "&attach=/etc/passwd") as screen:
        screen.until("Café")
        for shown in ("bob@example.net", "eve@example.net", "dan@example.net", "one", "attach"):
            screen.until(shown)
        assert "passwd" not in screen.text(), screen.text()
    result = desk.bag.try_run("mailto:bob@example.net?subject=a%0ABcc:x")
    tap.equal(result.code, 65)
    assert "line end" in result.err, result.err
    tap.equal(desk.bag.try_run("mailto:bob@example.net", "more").code, 64)


# What a header can be broken with, as far as a command line can say it.
BREAKERS = ["a\nBcc: eve@evil.example", "a\rBcc: eve@evil.example", "a\r\n\r\nbody", "a\r\n b", "=?utf-8?q?a=0ABcc:_eve=40evil.example?=",
            "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=", "a\x0bb\x0cc", "a\x1b]0;x\x07", "a\u2028Bcc: x", "\udcff\udcfe", "é" * 500, "x" * 120000,
            "( a", "a >", "\"", "\\", "a;b=c", "=?", "?="]


def harmless(octets, names):
    """No field but those that Malle writes, and no recipient more."""
    message = parsed(octets)
    allowed = {"from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
               "content-disposition", "content-description", "in-reply-to", "references", "user-agent"} | names
    header = octets.partition(b"\r\n\r\n")[0]
    assert b"\r" not in header.replace(b"\r\n", b"") and b"\n" not in header.replace(b"\r\n", b""), header
    tap.equal(set(name.lower() for name in message.keys()) - allowed, set())
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    return message


def test_injection():
    """No field, name or file name can add a field, whatever it holds"""
    for breaker in BREAKERS:
        envelope, octets = desk.send("-s", breaker, "bob@example.net")
        message = harmless(octets, set())
        tap.equal(envelope["recipients"], ["bob@example.net"])
        if len(breaker) < 1000 and breaker.isprintable() and "=?" not in breaker:
            tap.equal(message["Subject"].strip(), breaker.strip())
        name = breaker.replace("/", "_")[:60]
        envelope, octets = desk.send("-s", "x", "-a", desk.path(name, b"1"), "--", "bob@example.net")
        harmless(octets, set())
        for field in ("-c", "-b", "--from", "TO"):
            value = '"%s" <carol@example.net>' % breaker.replace("\\", "").replace('"', "")
            arguments = [value] if field == "TO" else [field, value, "bob@example.net"]
            outcome = desk.bag.try_run("send", "--queue", *arguments, input=b"")
            assert outcome.code in (0, 65) and "Sanitizer" not in outcome.err, (field, breaker[:40], outcome)
            newest = max(glob.glob(desk.spool + "/*.eml"), key=os.path.getmtime)
            with open(newest, "rb") as file:
                harmless(file.read(), {"bcc"} if field == "-b" else set())
            parser = configparser.RawConfigParser()
            parser.read(newest[:-3] + "envelope")
            assert "evil" not in parser["letter"]["recipients"], parser["letter"]["recipients"]


tap.main()
