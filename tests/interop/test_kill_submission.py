"""Killed, or cut off, at each step of a submission: the letter is sent exactly once, or is unknown with a question; never twice in
silence, never lost, and no copy in Sent of what was not accepted."""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))

from driver import Driver
from mailer import Mailer
from support import tap
from support.scripted_server import Closed, ScriptedServer
from support.servers.submission import DovecotSubmission

LONG = os.environ.get("MALLE_TEST_LONG") == "yes"
HEADER = ("From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: x\r\nMessage-ID: <%s@example.org>\r\n"
          "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\r\n")
# What the server has heard when the blow falls; "taken": it has accepted the letter, and its answer is held back for ever.
STEPS = ("connected", "ehlo", "auth", "mail", "rcpt", "data", "octets", "taken", "answered", "quit")
SURE = STEPS[:STEPS.index("taken")]


def letter(name, octets):
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-letter-"))
    path = os.path.join(directory, "letter")
    with open(path, "w", newline="") as file:
        file.write(HEADER % name + ("y" * 70 + "\r\n") * (octets // 72))
    return path


class Striking(Mailer):
    """strike() is called, and the connection ends, when the step is reached for the first time."""

    step, strike = None, None

    def reached(self, step):
        if step == self.step:
            self.step = None
            self.strike()
            raise Closed()

    def __call__(self, link):
        self.reached("connected")
        super().__call__(link)

    def on_ehlo(self, link, argument):
        self.reached("ehlo")
        super().on_ehlo(link, argument)

    def on_auth(self, link, argument):
        self.reached("auth")
        super().on_auth(link, argument)

    def on_mail(self, link, argument):
        self.reached("mail")
        super().on_mail(link, argument)

    def on_rcpt(self, link, argument):
        self.reached("rcpt")
        super().on_rcpt(link, argument)

    def on_data(self, link, argument):
        self.reached("data")
        if self.step == "octets":
            link.send("354 go on")
            link.octets(2000)
            self.reached("octets")
        super().on_data(link, argument)

    def on_bdat(self, link, argument):
        if self.step in ("data", "octets"):
            link.octets(int(argument.split()[0]) // 2)
            self.reached("data")
            self.reached("octets")
        super().on_bdat(link, argument)

    def complete(self, link):
        if self.step == "taken":
            self.letters.append((self.sender, self.recipients, self.octets))
            self.reached("taken")
        super().complete(link)
        self.reached("answered")

    def on_quit(self, link, argument):
        self.reached("quit")
        super().on_quit(link, argument)


def copies(server, name):
    """How often the letter stands in each mailbox."""
    link, found = server.client(), {}
    for mailbox in ("Sent", "Drafts"):
        link.select(mailbox)
        found[mailbox] = len(link.uid("SEARCH", "HEADER", "Message-ID", name + "@example.org")[1][0].split())
    link.logout()
    return found["Sent"], found["Drafts"]


def letters_of(engine):
    return [line.split()[1] for line in engine("outbox") if line.startswith("letter")]


class Ground:
    """An account that fetches from a real server and sends to `port`, over several lives of the program."""

    def __init__(self, server, port):
        self.server, self.port = server, port
        self.directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-engine-"))

    def life(self, **options):
        settings = "send = smtp+insecure://%s@localhost:%d\n" % (self.server.user, self.port)
        return Driver(self.server.port, user=self.server.user, password=self.server.password, host="localhost", directory=self.directory,
                      settings=settings, **options)


def prepared(server):
    link = server.client()
    for name in ("Sent", "Drafts"):
        link.create(name)
    link.logout()


def strike(server, name, offers, step, kill):
    mailer = Striking(offers=offers)
    path = letter(name, 60_000)
    with ScriptedServer(mailer) as submission:
        ground = Ground(server, submission.port)
        with ground.life() as engine:
            engine("listed")
            mailer.step, mailer.strike = step, engine.kill if kill else lambda: None
            try:
                engine("send", path, "ada@example.org", "bob@example.org", 0, "Sent")
                engine("sent")
                engine("quiet")
            except (AssertionError, BrokenPipeError):
                assert engine.killed, "it died by itself"
        with ground.life() as engine:
            engine("listed")
            engine("sent")
            engine("check")
            engine("quiet")
            states = letters_of(engine)
            unknown = states == ["unknown"]
            # All octets may have left before the server reads half of them: then nobody knows, and it has none.
            halfway = unknown and (step == "octets" or (step == "data" and "CHUNKING" in offers))
            tap.equal(len(mailer.letters), 0 if halfway else 1, "letters that the server took")
            tap.equal(unknown or states == ["done"], True, str(states))
            tap.equal(unknown and step in SURE and not halfway, False, "nothing is unknown before the last octets")
            if step == "taken":
                tap.equal(unknown, True, "nobody knows: a question")
            if not unknown:
                engine("settle")
            tap.equal(copies(server, name), (0 if unknown else 1, 0), "copies in Sent and Drafts")
            if unknown and step == "taken":
                tap.equal(engine("outbox")[0].count("may or may not have been sent"), 1)
                engine("went" if kill else "todrafts", 0)       # the person looked, and says so
                engine("settle")
                tap.equal(letters_of(engine), ["done" if kill else "undone"])
                tap.equal(copies(server, name), (1, 0) if kill else (0, 1), "what the person said")
                tap.equal(len(mailer.letters), 1, "and nothing was sent for it")


def test_exchange():
    """at every step of the exchange, by DATA and by BDAT, killed and cut off"""
    with DovecotSubmission() as server:
        prepared(server)
        plain, chunking = list(Mailer.offers), Mailer.offers + ["CHUNKING"]
        for number, offers in enumerate((plain, chunking)):
            for step in STEPS:
                for kill in (True, False):
                    if not LONG and number == 1 and not (kill and step in ("octets", "taken")):
                        continue
                    name = "strike.%d.%s.%d" % (number, step, kill)
                    try:
                        strike(server, name, offers, step, kill)
                    except AssertionError as error:
                        raise AssertionError("%s: %s" % (name, error)) from error


def striker(directory, **more):
    folder = os.path.join(directory, "store")
    return dict(more, LD_PRELOAD=os.path.join(tap.build_dir(), "tests", "support", "strike.so"),
                STRIKE_UNDER=":".join([os.path.join(folder, "store.db"), os.path.join(folder, "journal.log")]),
                ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))


def write_struck(server, name, at):
    """Killed at that step of the store's writing, while a letter goes up once. How many steps there were, when it came through."""
    path = letter(name, 60_000)
    ground = Ground(server, server.submission_port)
    with ground.life() as engine:
        engine("listed")
        engine("quiet")
    count = os.path.join(ground.directory, "count")
    more = {"STRIKE_AT": str(at)} if at else {"STRIKE_COUNT": count}
    with ground.life(environment=striker(ground.directory, **more)) as engine:
        engine.killed = at > 0
        try:
            engine("listed")
            engine("send", path, "ada@example.org", "bob@example.org", 0, "Sent")
            engine("settle")
        except (AssertionError, BrokenPipeError):
            assert at > 0, "it died by itself"
    with ground.life() as engine:
        engine("listed")
        engine("sent")
        engine("check")
        engine("quiet")
        states = letters_of(engine)
        if states != ["unknown"]:
            engine("settle")
        taken = len([each for each in server.sink.letters if b"<%s@" % name.encode() in each.octets])
        sent, drafts = copies(server, name)
        words = "at %d: %s, %d taken, %d in Sent, %d in Drafts" % (at, states, taken, sent, drafts)
        assert taken <= 1, words
        if states == ["done"]:
            assert (taken, sent, drafts) == (1, 1, 0), words
        elif states == ["unknown"]:
            assert sent == 0, words
        else:
            assert states == [] and taken == 0, words
    if not at:
        with open(count) as file:
            return int(file.read())
    return 0


def test_writes():
    """at every write of the store, while a letter goes by one upload (Dovecot): a sample, with --long each of them"""
    with DovecotSubmission() as server:
        prepared(server)
        steps = write_struck(server, "whole", 0)
        assert steps > 20, steps
        tried = range(1, steps + 1) if LONG else range(1, steps + 1, max(1, steps // 12))
        tap.note("%d of %d writes" % (len(tried), steps))
        for at in tried:
            write_struck(server, "write.%d" % at, at)


if __name__ == "__main__":
    tap.main()
