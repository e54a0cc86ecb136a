"""Errors of what is typed on the command line point at the place: the line stands once more above the words, the place marked with carets."""

import re

from support import tap
from support.bag import Bag
from test_layout import opened, ready


def test_long_words():
    """words that need more rows have them, below the place"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        screen.keys(":")
        screen.until(lambda s: s.line(s.rows - 1).startswith(":"))
        screen.type("limit is:purple")
        screen.keys("Enter")
        screen.until(lambda s: s.row_of(":limit is:purple") is not None and "^" in s.text() and "deleted, answered" in s.text())
        screen.settle()
        row = screen.row_of(":limit is:purple")
        assert row < screen.rows - 3, row
        tap.equal(screen.line(row + 1), " " * 10 + "^" * 6)
        words = " ".join(screen.lines()[row + 2:])
        assert "is none of:" in words and "deleted, answered" in words and "…" not in words, words


def pointed(screen, line, words):
    """types a command line; returns the text that is pointed at"""
    screen.keys(":")
    screen.until(lambda s: s.line(s.rows - 1).startswith(":"))
    screen.type(line)
    screen.keys("Enter")
    return place(screen, ":" + line, words)


def place(screen, shown, words):
    def stands(s):
        """the line, the carets below it, and the words below them"""
        row = next((r for r in range(s.rows - 3, s.rows - 8, -1) if s.line(r) == shown.rstrip() and re.fullmatch(r" *\^+", s.line(r + 1))), None)
        return row if row is not None and words in " ".join(s.lines()[row + 2:]) else None
    row = screen.until(stands)
    carets = screen.line(row + 1)
    start, end = carets.index("^"), len(carets)
    plain = screen.cell(row, 0)
    for column in range(start, min(end, len(screen.line(row)))):
        cell = screen.cell(row, column)
        assert (cell.fg, cell.bold) != (plain.fg, plain.bold), "not marked: %d" % column
    return screen.line(row)[start:end]


def test_commands_and_options():
    """the command, the option, its value, the entry of a list, the place and the keys of a binding"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        for line, words, expected in (
                ("frobnicate now", "There is no command", "frobnicate"),
                ("set themee dark", "There is no option", "themee"),
                ("set reader leftt", "leftt", "leftt"),
                ("set sidebar-width = 999", "999", "999"),
                ("set list-columns signs, wo, subject", "wo", "wo"),
                ("bind lst gx next-entry", "There is no place", "lst"),
                ("bind list gx next-entri", "There is no command", "next-entri"),
                ("bind list", "A place and keys are needed", ""),
                ("sort bananas", "is no order", "bananas"),
                ("version 3", "takes nothing behind it", "3"),
                ("flag-message ; frobnicate", "There is no command", "frobnicate")):
            tap.equal(pointed(screen, line, words), expected)


def test_queries():
    """the byte at which a query stops being one"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        tap.equal(pointed(screen, "limit is:unread after:sometime", "sometime"), "sometime")
        tap.equal(pointed(screen, "limit from:anna is:purple", "purple"), "purple")
        tap.equal(pointed(screen, "search larger:heavy", "heavy"), "heavy")
        tap.equal(pointed(screen, "limit ( is:unread", "closing ) is missing"), "(")


def test_addresses():
    """the address among several that is none"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        tap.equal(pointed(screen, 'bounce-message "A, B" <ab@example.org>, wrong address, c@example.org', "wrong address"), "wrong address")
        tap.equal(pointed(screen, "add-contact nobody", "no address"), "nobody")


def test_questions():
    """an answer to a question is pointed at in the same way, and the next key takes all of it away"""
    with Bag() as bag, opened(bag, 24, 60) as screen:
        ready(screen)
        screen.keys("l")
        screen.until("Limit to messages matching:")
        screen.type("is:purple")
        screen.keys("Enter")
        tap.equal(place(screen, "Limit to messages matching: is:purple", "purple"), "purple")
        screen.keys("j")
        screen.until(lambda s: "^" not in s.text() and "purple" not in s.text())


def test_long_line():
    """a line that is wider than the screen is shown from where its place is in view"""
    with Bag() as bag, opened(bag, 24, 60) as screen:
        ready(screen)
        screen.keys(":")
        screen.type("limit from:" + "a" * 70 + " is:purple")
        screen.keys("Enter")
        row = screen.until(lambda s: next((r for r in range(s.rows) if re.fullmatch(r" *\^+", s.line(r))), None))
        carets = screen.line(row)
        tap.equal(screen.line(row - 1)[carets.index("^"):len(carets)], "purple")


def test_compose_field():
    """in a letter's field Enter stays at what is no address, with the cursor behind it; Esc leaves it"""
    with Bag() as bag, opened(bag) as screen:
        ready(screen)
        screen.keys("m")
        screen.until(lambda s: re.search(r"^ *To", s.line(s.cursor.row)))
        screen.type("a@example.org, b at example, c@example.org")
        screen.keys("Enter")
        screen.until("b at example”")
        screen.until(lambda s: s.line(s.cursor.row)[:s.cursor.column].endswith("b at example"))
        screen.keys("Esc")
        screen.until(lambda s: re.search(r"Nothing written yet", s.text()))


if __name__ == "__main__":
    tap.main()
