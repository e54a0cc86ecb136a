"""The conversation of the demonstration as it was looked at and found good, cell by cell, like the other kept screens (test_kept_screens.py)."""

import os

from support import tap
from test_kept_screens import KEPT, SIZES, Sight, above_keys, check, whole

FOLDER = os.path.join(os.path.dirname(KEPT), "kept-conversation")


def walk(rows, columns, language):
    with Sight(rows, columns, language) as screen:
        screen.keys("/")
        screen.until(lambda s: s.line(s.rows - 1).strip())
        screen.type("=s 'Hello from the Malle list'")
        screen.keys("Enter")
        screen.until(lambda s: "Hello from the Malle list" in s.line(s.cursor.row))
        screen.keys("I")
        screen.until(lambda s: "Malle shows badly" in s.text() and "Priya" in s.line(s.cursor.row))
        screen.keys("j")
        screen.until(lambda s: "Sent" in s.line(s.cursor.row))
        whole(screen)
        check(screen, os.path.join(FOLDER, "conversation-%dx%d-%s" % (columns, rows, language)), above_keys(screen))


def test_english():
    """at 80×24, 120×40, 200×60"""
    for rows, columns in SIZES:
        walk(rows, columns, "en")


def test_french():
    """the same in French"""
    for rows, columns in SIZES:
        walk(rows, columns, "fr")


if __name__ == "__main__":
    tap.main()
