"""The three sets of keys: in each a person moves, reads, deletes and takes back, pages, and leaves with what their hands know."""

import os
import re

from support import tap
from support.bag import Bag

NEWEST = "Tu rentres"        # of the demonstration's INBOX


def walk(set_name, first, last, down, read, away, back):
    """The demonstration under one set: to both ends of the list, into a letter and out, one away and back again, and the end."""
    with Bag(options="key-set = %s\n" % set_name) as bag, bag.screen("--demo") as screen:
        screen.until("unread of")
        def at_the_end(s):
            return NEWEST in s.line(s.cursor.row)

        def at_the_beginning(s):
            return s.cursor.row == 1 and s.row_of(NEWEST) is None
        for keys, there in ((last, at_the_end), (first, at_the_beginning), (last, at_the_end), (first, at_the_beginning)):
            screen.keys(*keys)
            screen.until(there)
        top = screen.line(screen.cursor.row)
        screen.keys(*down)
        screen.until(lambda s: s.line(s.cursor.row) != top)
        row = screen.line(screen.cursor.row)
        screen.keys(*read)
        screen.until("From:")
        screen.keys(*back)
        screen.until(lambda s: s.line(s.cursor.row)[4:] == row[4:] or row[30:50] in s.line(s.cursor.row))
        subject = row[-24:].strip()
        screen.keys(*away)
        screen.until("deleted")
        screen.keys("u")
        screen.until(lambda s: s.row_of(subject) is not None)
        screen.keys("?")
        screen.until("Help: the list")
        screen.keys("q")
        screen.until_gone("Help: the list")
        screen.keys("q")
        tap.equal(screen.until_end(), 0)


def test_mutt():
    """mutt's: the default"""
    walk("mutt", first=["="], last=["*"], down=["j"], read=["Enter"], away=["d"], back=["q"])


def test_alpine():
    """alpine's"""
    walk("alpine", first=["Home"], last=["End"], down=["n"], read=[">"], away=["d"], back=["<"])


def test_vi():
    """vi's"""
    walk("vi", first=["g", "g"], last=["G"], down=["j"], read=["Enter"], away=["d"], back=["q"])


def with_keys(text, then):
    with Bag(options="advance = no\n") as bag:
        with open(os.path.join(bag.config, "keys"), "w") as file:
            file.write(text)
        with bag.screen("--demo") as screen:
            screen.until("unread of")
            then(screen)


def test_macros():
    """a key runs several commands with arguments, waits for an answer between them, and stops where one is cancelled"""
    def then(screen):
        screen.keys("X")
        screen.until("1 tagged")
        screen.until(lambda s: s.line(s.cursor.row)[0] == "*" and s.line(s.cursor.row)[2] == "!")
        screen.keys("Z")
        screen.until("Open mailbox:")
        screen.type("Archive")
        screen.keys("Enter")
        screen.until("Help: the list of messages")
        screen.keys("q", "Z")
        screen.until("Open mailbox:")
        screen.keys("^G", ":")
        screen.until(lambda s: s.line(23).startswith(":"))
        assert "Help:" not in screen.text()
    with_keys("bind list X set-flag flagged ; tag-message\nbind list Z change-mailbox ; help\n", then)


def test_conflicts():
    """two lines for one key are told with file and line; an exception for one place is none"""
    def then(screen):
        screen.until(re.compile(r"keys:4.*X in “list” is bound already, in line 1"))
        assert ":3" not in screen.line(23), screen.line(23)
        screen.keys(":")
        screen.type("keys")
        screen.keys("Enter")
        screen.until("Keys, and what they run")
        screen.keys("/")
        screen.until("Search:")
        screen.type("tag-message (keys:4)".replace(" (", "  ("))
        screen.keys("Enter")
        screen.until(re.compile(r"X +tag-message  \(keys:4\)"))
    with_keys("bind list X flag-message\nbind any <F5> help\nbind list <F5> check-mail\nbind list X tag-message\n", then)


def test_bind_and_unbind():
    """:bind tells what the key did before, :unbind takes it away"""
    def then(screen):
        for line, words in (("bind list g first-entry", "g is now: first-entry"), ("bind list g last-entry", "before: first-entry"),
                            ("unbind list g", "g does nothing there now"), ("unbind list g", "g does nothing there already")):
            screen.keys(":")
            screen.until(lambda s: s.line(23).startswith(":"))
            screen.type(line)
            screen.keys("Enter")
            screen.until(words)
    with_keys("", then)


def test_prefix_waits():
    """g and gg live together: g alone takes effect when nothing follows in time"""
    with Bag(options="key-set = vi\n") as bag, bag.screen("--demo") as screen:
        screen.until(lambda s: NEWEST in s.line(s.cursor.row))
        screen.keys("g")
        screen.until(lambda s: s.cursor.row == 1 and s.row_of(NEWEST) is None)     # after the time-out
        screen.keys("G")
        screen.until(lambda s: NEWEST in s.line(s.cursor.row))
        screen.keys("g", "r")
        screen.until("Looking for new mail")
        assert NEWEST in screen.line(screen.cursor.row), "g was taken by itself"


if __name__ == "__main__":
    tap.main()
