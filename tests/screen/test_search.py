"""Searching all mailboxes on the screen: one list over what was found, each row with the mailbox it lies in."""

import contextlib

from support import tap
from support.bag import Bag


@contextlib.contextmanager
def demo(rows, columns):
    with Bag() as bag, bag.screen("--demo", rows=rows, columns=columns) as screen:
        screen.until("INBOX")
        yield screen


def search(screen, text):
    screen.keys("X")
    screen.until("Search all mailboxes:")
    screen.keys("^U")
    screen.type(text + "\n")


def test_search_all():
    """what is found in several mailboxes stands in one list, the newest first, and is read, flagged, moved and brought back there"""
    with demo(rows=30, columns=120) as screen:
        search(screen, "from:sophie")
        screen.until(lambda s: "Search: from:sophie" in s.line(0) and s.line(0).rstrip().endswith("5 · newest first"))
        screen.until(lambda s: len([line for line in s.lines()[1:] if "Sophie" in line]) == 5)
        rows = [line[24:] for line in screen.lines()[1:] if "Sophie" in line]
        assert "cuisine" in rows[0] and "Inbox" in rows[4], rows
        screen.type(":first-entry\n")
        screen.until(lambda s: s.cursor.row == 1)
        screen.keys("F")
        screen.until(lambda s: "!" in s.line(1)[24:40])
        screen.keys("Enter")
        screen.until("Sophie")
        screen.keys("q")
        subject = screen.line(1)
        screen.type(":move-message Trash\n")
        screen.until("moved to Trash")
        screen.until(lambda s: s.line(1) != subject)
        screen.type(":undo\n")
        screen.until(lambda s: "!" in s.line(1)[24:40])
        screen.keys("l")
        screen.until("Limit to messages matching:")
        screen.type("in:cuisine\n")
        screen.until("Search: from:sophie, limited to in:cuisine")
        screen.until(lambda s: s.line(0).rstrip().endswith("4 · newest first") and "Tes cl" not in s.text())
        screen.type(":change-mailbox INBOX\n")
        screen.until(lambda s: "INBOX" in s.line(0) and "unread of" in s.line(0))


def test_nothing():
    """nothing found is said; an error of the query points at its place, and the list stays"""
    with demo(rows=24, columns=100) as screen:
        search(screen, "zzyzx")
        screen.until("Nothing was found")
        search(screen, "from:a subjekt:b")
        screen.until("is “subject:” meant?")
        assert "Search: zzyzx" in screen.text()


def test_completion():
    """the words of the language are completed behind the prompt"""
    with demo(rows=24, columns=100) as screen:
        screen.keys("X")
        screen.until("Search all mailboxes:")
        screen.type("has")
        screen.keys("Tab")
        screen.until("has:attachment")
        screen.type(" fi")
        screen.keys("Tab")
        screen.until("has:attachment file:")


if __name__ == "__main__":
    tap.main()
