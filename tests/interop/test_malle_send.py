#!/usr/bin/env python3
"""malle send through real submission servers: what Python's parser reads of what arrives is what was meant."""

import email
import email.policy
import glob
import hashlib
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import tap
from support.bag import Bag
from support.servers.submission import SUBMISSION, DovecotSubmission

LANGUAGES = {
    "français": "Été à Noël : « ça va ? » — œuvre\n", "deutsch": "Größe, Maß, Übel\n", "ελληνικά": "Καλημέρα κόσμε\n", "русский": "Привет, мир\n",
    "עברית": "שלום עולם\n", "العربية": "مرحبا بالعالم\n", "日本語": "こんにちは、世界\n", "中文": "你好，世界\n", "한국어": "안녕하세요\n", "ไทย": "สวัสดีชาวโลก\n",
    "emoji 👩‍👩‍👧‍👦": "🏳️‍🌈 👍🏽\n", "हिन्दी": "नमस्ते दुनिया\n",
}
BODIES = {
    "empty": "", "dots": ".\n..\n.one\n...\n", "no line end": "last", "only ends": "\n\n\n", "998": "x" * 998 + "\n" + "." * 998 + "\n",
    "long": "y" * 5000 + "\n" + "é" * 3000 + "\n", "From": "From here\n>From there\n", "blanks": "tab\tand trailing   \n \n", "equals": "=3D =\n==\n",
}
NAMES = ["plain.txt", "été 2026.pdf", "日本語の長いファイル名です.txt", "quote\"s.txt", "semi;colon=x.txt", "back\\slash.txt", "x" * 120 + ".bin",
         "new\nline.txt", "naïve «x».tar.gz", "-rf", "%41%42.txt", "'single'.txt"]


def account(server):
    """Mail comes from a Maildir, so that only the way out is looked at."""
    return """[account home]
name = Ada Lovelace
address = ada@example.org
receive = %s
send = smtp://%s@localhost:%d
password = %s
ca-file = %s
""" % ("maildir://%h/Mail", server.user, server.submission_port, server.password, server.ca_file)


class Desk(Bag):
    def __init__(self, server, text=None):
        super().__init__()
        self.text = text or account(server)

    def __enter__(self):
        super().__enter__()
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.home, "Mail", name))
        self.write(self.text.replace("%h", self.home))
        return self

    def write(self, text):
        with open(os.open(os.path.join(self.config, "accounts"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def file(self, name, octets):
        path = os.path.join(self.home, name)
        with open(path, "wb") as file:
            file.write(octets)
        return path


def handed(desk, server, *arguments, input, recipients):
    """Sends by malle send --wait, and gives what arrived, parsed."""
    before = len(server.sink.letters)
    desk.run("send", "--wait", *arguments, input=input)
    tap.wait_until(lambda: {r for letter in server.sink.letters[before:] for r in letter.recipients} == set(recipients),
                   "the letter for %s at the sink (%s)" % (recipients, server.sink.letters[before:]))
    octets = server.sink.letters[before].octets
    return email.message_from_bytes(octets, policy=email.policy.default), octets


def text_of(part):
    return part.get_content().replace("\r\n", "\n")


def send_corpus(server):
    with Desk(server) as desk:
        corpus = {subject + " " + subject * 20: body for subject, body in list(LANGUAGES.items()) + list(BODIES.items())}    # folded
        for subject, body in corpus.items():
            desk.run("send", "--queue", "-s", subject, "Zoë Ärger <bob@example.net>", "-b", "secret@example.net", input=body.encode())
        desk.run("sync")
        found = {}

        def all_here():
            for letter in server.sink.letters:
                message = email.message_from_bytes(letter.octets, policy=email.policy.default)
                found.setdefault(message["Subject"], (message, letter.octets, set()))[2].update(letter.recipients)
            return len(found) == len(corpus) and all(recipients == {"bob@example.net", "secret@example.net"} for _, _, recipients in found.values())
        tap.wait_until(all_here, "the corpus at the sink")
        for subject, (message, octets, _) in found.items():
            tap.equal(text_of(message).rstrip("\n"), corpus[subject].rstrip("\n"), subject[:20])
            tap.equal(str(message["To"]), "Zoë Ärger <bob@example.net>")
            assert b"secret@example.net" not in octets.partition(b"\r\nFrom:")[2], octets
            assert max(map(len, octets.split(b"\r\n"))) <= 998
        paths = [desk.file(name, hashlib.sha256(name.encode()).digest() * 100) for name in NAMES]
        message, _ = handed(desk, server, "-s", "files", "-a", *["./" + os.path.basename(p) for p in paths], "--", "bob@example.net", input=b"see\n",
                            recipients=["bob@example.net"])
        parts = list(message.iter_attachments())
        tap.equal([part.get_filename() for part in parts], [name.replace("\n", " ") for name in NAMES])
        for name, part in zip(NAMES, parts):
            tap.equal(part.get_payload(decode=True), hashlib.sha256(name.encode()).digest() * 100, name)


def send_whole(server):
    """A message that was handed in whole arrives octet by octet, below what the servers put in front."""
    body = b"\r\n".join([b".", b"..", b".x", b"", b"From here", b"z" * 998, b"." * 998, b"trailing  ", b"", b""])
    header = b"From: Ada <ada@example.org>\nTo: bob@example.net\nSubject: whole\nMessage-ID: <whole@example.org>\n" \
             b"Date: Tue, 24 Nov 2026 12:00:00 +0100\nX-Long: " + b" ".join([b"word"] * 15) + b"\n\t" + b" ".join([b"more"] * 150) + b"\n"
    with Desk(server) as desk:
        process = subprocess.Popen(["sendmail", "-t", "-oi"], executable=tap.program(), env=desk.environment(), stdin=subprocess.PIPE)
        process.communicate(header + b"\n" + body.replace(b"\r\n", b"\n"))
        tap.equal(process.returncode, 0)
        octets = server.sink.wait(1)[0].octets
        assert octets.endswith(b"\r\n\r\n" + body), octets[-3000:]
        tap.equal(email.message_from_bytes(octets)["X-Long"].split(), [b.decode() for b in [b"word"] * 15 + [b"more"] * 150])
        tap.equal(desk.json("journal", "--json"), [])


for kind in SUBMISSION:
    for what, doing in (("corpus", send_corpus), ("whole", send_whole)):
        def test(kind=kind, doing=doing):
            with kind() as server:
                doing(server)
        test.__doc__ = "%s: %s" % (kind.name, {"corpus": "languages, bodies and file names are read back", "whole": "sendmail -t octet by octet"}[what])
        globals()["test_%s_%s" % (what, kind.__name__.lower())] = test


def test_refused():
    """Refused: with --wait 65 and the server's words, without it 0 and the same words; the letter is kept"""
    with DovecotSubmission() as server, Desk(server) as desk:
        server.sink.refuse["nobody@example.net"] = "550 5.1.1 There is no such person"
        for wait, code in ((["--wait"], 65), ([], 0)):
            result = desk.try_run("send", *wait, "nobody@example.net", "bob@example.net", input=b"x\n")
            tap.equal(result.code, code, result.err)
            assert "no such person" in result.err, result.err
        result = desk.try_run("journal")
        tap.equal(result.code, 65)
        assert "nobody@example.net" in result.out and "bob@example.net" in result.out, result.out
        tap.equal([letter.recipients for letter in server.sink.wait(2)], [["bob@example.net"]] * 2)


def test_later_and_codes():
    """75 where nobody answers, 77 where the log-in is refused, 0 without --wait; malle sync sends what waited, once"""
    with DovecotSubmission() as server, Desk(server) as desk:
        good = account(server).replace("%h", desk.home)
        desk.write(good.replace(":%d" % server.submission_port, ":1"))
        result = desk.try_run("send", "--wait", "-s", "one", "bob@example.net", input=b"x\n")
        tap.equal(result.code, 75, result.err)
        tap.equal(desk.try_run("send", "-s", "two", "bob@example.net", input=b"x\n").code, 0)
        desk.run("--offline", "send", "-s", "three", "bob@example.net", input=b"x\n")
        desk.run("send", "--queue", "-s", "four", "bob@example.net", input=b"x\n")
        desk.run("send", "--later", "1d", "-s", "five", "bob@example.net", input=b"x\n")
        desk.write(good.replace("password = " + server.password, "password = wrong"))
        result = desk.try_run("send", "--wait", "-s", "six", "bob@example.net", input=b"x\n")
        tap.equal(result.code, 77, result.err)
        tap.equal(server.sink.letters, [])
        desk.write(good)
        desk.run("sync")
        subjects = sorted(str(email.message_from_bytes(letter.octets)["Subject"]) for letter in server.sink.wait(5))
        tap.equal(subjects, ["four", "one", "six", "three", "two"])
        waiting = desk.json("journal", "--json")
        tap.equal([(intent["kind"], intent["state"]) for intent in waiting], [("send", "pending")])
        desk.run("sync")
        tap.equal(len(server.sink.letters), 5)


def test_copy():
    """A copy of what was sent is in Sent when the command ends, Bcc in it"""
    with DovecotSubmission() as server:
        with Bag(server, security="imaps", account="send = smtps://%s@localhost:%d\n" % (server.user, server.submission_tls_port)) as bag:
            bag.run("sync")
            bag.run("send", "--wait", "-s", "kept", "-b", "secret@example.net", "bob@example.net", input=b"x\n")
            octets = server.sink.wait(1)[0].octets
            link = server.client()
            tap.equal(link.select("Sent")[1], [b"1"])
            flags, copy = link.fetch("1", "(FLAGS BODY.PEEK[])")[1][0]
            assert b"\\Seen" in flags and b"\\Draft" not in flags, flags
            tap.equal(email.message_from_bytes(copy)["Bcc"], "secret@example.net")
            tap.equal(email.message_from_bytes(octets)["Bcc"], None)
            bag.run("send", "--wait", "--no-copy", "-s", "not kept", "bob@example.net", input=b"x\n")
            server.sink.wait(2)
            tap.equal(link.select("Sent")[1], [b"1"])


def test_copy_without_a_place():
    """Mail in an mbox, where no mailbox can be made: the copy is kept in a Maildir of Malle's own, which is seen as a mailbox"""
    with DovecotSubmission() as server:
        with Desk(server, account(server).replace("maildir://%h/Mail", "mbox://%h/mbox")) as desk:
            open(os.path.join(desk.home, "mbox"), "w").close()
            desk.run("send", "--wait", "-s", "homeless", "-b", "secret@example.net", "bob@example.net", input=b"x\n")
            server.sink.wait(1)
            [copy] = glob.glob(os.path.join(desk.home, ".local/share/malle/mail/this-machine/.Sent/cur/*"))
            assert copy.endswith(":2,S"), copy
            with open(copy, "rb") as file:
                tap.equal(email.message_from_bytes(file.read())["Bcc"], "secret@example.net")
            desk.run("sync")
            tap.equal(len(glob.glob(os.path.join(desk.home, ".local/share/malle/mail/this-machine/.Sent/cur/*"))), 1, "once")
            with desk.screen(columns=120) as screen:
                screen.until("this-machine")
                screen.type(":change-mailbox this-machine/Sent\n")
                screen.until("homeless")
                screen.type(":quit\n")
                screen.until_end()


def test_running_malle():
    """A Malle that runs sends it, and --wait hears from it that the server has accepted"""
    with DovecotSubmission() as server, Desk(server) as desk:
        server.sink.refuse["nobody@example.net"] = "550 5.1.1 There is no such person"
        with desk.screen() as screen:
            screen.until("home")
            tap.wait_until(lambda: glob.glob(desk.home + "/.run/malle/outbox-*"), "the door")
            desk.run("send", "--wait", "-s", "one", "bob@example.net", input=b"x\n")
            tap.equal(len(server.sink.letters), 1)
            result = desk.try_run("send", "--wait", "nobody@example.net", input=b"x\n")
            tap.equal(result.code, 65)
            assert "no such person" in result.err, result.err


tap.main()
