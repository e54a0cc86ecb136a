"""A letter of which nobody knows whether it went, as the person sees it: a question, three answers, and nothing sent again without one."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))

from mailer import Mailer
from support import tap
from support.bag import Bag
from support.scripted_server import Closed, ScriptedServer
from support.servers.dovecot import Dovecot


class Swallowing(Mailer):
    """Takes the whole letter, and hangs up in the place of an answer."""

    swallow = True

    def complete(self, link):
        if self.swallow:
            self.letters.append((self.sender, self.recipients, self.octets))
            raise Closed()
        super().complete(link)


class Desk:
    def __enter__(self):
        self.mailer = Swallowing()
        self.script = tap.keep(ScriptedServer(self.mailer))
        self.server = tap.keep(Dovecot())
        self.link = self.server.client()
        for name in ("Drafts", "Sent"):
            self.link.create(name)
        self.bag = tap.keep(Bag(self.server, options="editor = true\nsend-hold = 0\n",
                                account="send = smtp+insecure://test@localhost:%d\n" % self.script.port))
        return self

    def __exit__(self, *_):
        pass

    def count(self, mailbox):
        return int(self.link.select(mailbox, readonly=True)[1][0])

    def write_one(self, screen):
        screen.until("online")
        screen.keys("m")
        screen.until("Letter")
        screen.type("bob@example.net\nTidings\n")
        screen.until("Letter: Tidings")
        screen.keys("y")
        screen.until(lambda _: self.bag.query("SELECT state FROM intent WHERE kind = 11") == [(5,)])
        screen.type(":journal\n")
        screen.until("Send a letter to bob@example.net")
        screen.until("may or may not have been sent")
        screen.keys("r")
        screen.until("Was this letter sent?")
        tap.equal(len(self.mailer.letters), 1, "never twice in silence")
        tap.equal(self.count("Sent"), 0, "no false letter in Sent")


def end(screen):
    screen.type(":quit\n")
    screen.until_end()


def test_it_was_sent():
    """it was: done, with its copy, and not sent again"""
    with Desk() as desk, desk.bag.screen() as screen:
        desk.write_one(screen)
        screen.keys("y")
        screen.until(lambda _: desk.count("Sent") == 1)
        end(screen)
        tap.equal(len(desk.mailer.letters), 1)


def test_send_it_again():
    """send it again: it goes, once, with one copy"""
    with Desk() as desk, desk.bag.screen() as screen:
        desk.write_one(screen)
        desk.mailer.swallow = False
        screen.keys("a")
        screen.until(lambda _: desk.count("Sent") == 1)
        end(screen)
        tap.equal(len(desk.mailer.letters), 2)


def test_keep_it_as_a_draft():
    """keep it as a draft: it lies in Drafts, out of the outbox"""
    with Desk() as desk, desk.bag.screen() as screen:
        desk.write_one(screen)
        screen.keys("k")
        screen.until(lambda _: desk.count("Drafts") == 1)
        end(screen)
        tap.equal((len(desk.mailer.letters), desk.count("Sent")), (1, 0))


if __name__ == "__main__":
    tap.main()
