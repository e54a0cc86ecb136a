"""The look of the screen as a person sets it up: columns, sizes of the panes, options with their explanations; and what a key press costs on the line."""

import os
import re

from support import tap
from support.bag import Bag

NEWEST = "Tu rentres"       # of the demonstration's INBOX


def opened(bag, rows=24, columns=80, **more):
    return bag.screen("--demo", rows=rows, columns=columns, **more)


def ready(screen):
    """All of the demonstration is here: counts that still come would be painted beside what a key does."""
    screen.until(lambda s: NEWEST in s.line(s.cursor.row) and (s.columns < 96 or re.search(r"demo +14 .*malle-dev +4/57", s.text(), re.S)))


def command(screen, line):
    screen.keys(":")
    screen.until(lambda s: s.line(s.rows - 1).startswith(":"))
    screen.type(line)
    screen.keys("Enter")


def test_bytes_for_a_row():
    """moving the selection by a row writes at most 400 bytes at 120×40, in each theme"""
    for theme in ("dark", "light", "sixteen", "mono"):
        with Bag(options="theme = %s\n" % theme) as bag, opened(bag, 40, 120) as screen:
            ready(screen)
            left = screen.cursor.column
            most = 0
            for key, step in [("k", -1)] * 12 + [("j", 1)] * 8:
                row = screen.cursor.row
                screen.settle()
                before = len(screen.written)
                plain, chosen = look(screen, row - 1 if step < 0 else row + 1), look(screen, row)
                screen.keys(key)
                # the frame has come whole: both rows, and the cursor where it stays
                screen.until(lambda s: s.cursor == (row + step, left) and look(s, row + step) != plain and look(s, row) != chosen)
                most = max(most, len(screen.written) - before)
            tap.note("%s: %d bytes at most" % (theme, most))
            assert most <= 400, (theme, most)


def cost(screen, keys, condition):
    """bytes written from a key press on until what it should change is there"""
    screen.settle()
    before = len(screen.written)
    screen.keys(*keys)
    screen.until(condition)
    return len(screen.written) - before


def test_bytes_for_a_key():
    """what other keys cost at 120×40: a typed character some bytes, a flag a row, a page and a letter less than half of their cells"""
    with Bag(options="advance = no\n") as bag, opened(bag, 40, 120) as screen:
        ready(screen)
        row = screen.cursor.row
        costs = {
            "flag": (cost(screen, "F", lambda s: "!" in s.line(row)[24:30]), 400),
            "tag": (cost(screen, "t", lambda s: "1 tagged" in s.text()), 700),
            "untag": (cost(screen, "t", lambda s: "tagged" not in s.text()), 700),
            "command line": (cost(screen, ":", lambda s: s.cursor.row == 39), 300),
            # The end of the frame before may be counted with one of them.
            "character": (min(cost(screen, "x", lambda s, n=n: s.line(39).startswith(":" + n * "x")) for n in (1, 2, 3)), 40),
            "cancel": (cost(screen, ["^G"], lambda s: s.cursor.row == row), 300),
            "page": (cost(screen, ["PageUp"], lambda s: NEWEST not in s.text() and s.cursor.row != row), 4500),
            "back": (cost(screen, ["PageDown"], lambda s: NEWEST in s.line(s.cursor.row)), 4500),
            "letter": (cost(screen, ["Enter"], lambda s: "Inès" in s.text() and s.row_of("From: ") is not None), 3500),
            "help": (cost(screen, ["?"], lambda s: "Help: " in s.line(0)), 4500),
        }
        for name, (bytes_, most) in costs.items():
            tap.note("%s: %d bytes of at most %d" % (name, bytes_, most))
        tap.equal([name for name, (bytes_, most) in costs.items() if bytes_ > most], [])


def look(screen, row):
    cell = screen.cell(row, screen.columns - 1)
    return cell.fg, cell.bg, cell.reverse, cell.underscore


def test_columns():
    """list-columns says which columns there are, where, and how wide; dates in the person's own form fit"""
    with Bag(options="list-columns = who 12, subject, keywords 8, date\ndate-format = %Y-%m-%d\n") as bag, opened(bag, 24, 100) as screen:
        ready(screen)
        row = screen.row_of("Facture 2043")
        line = screen.line(row)
        left = 25
        assert line[left:left + 12] == "Plomberie G…"[:12], line
        assert line[left + 13:].startswith("Facture 2043"), line
        assert re.search(r"\d{4}-\d\d-\d\d$", line), line
        columns = {column for row in range(1, 21) for column in range(60, 96)
                   if "".join(screen.cell(row, column + i).data for i in range(6)) == "work  "}
        tap.equal(columns, {80})         # keywords stand below one another, whatever wide characters come before them
        command(screen, "set list-columns signs, size, subjct")
        screen.until(re.compile("there is no column “subjct”.*subject"))
        command(screen, "set list-columns subject 30, date")
        screen.until(lambda s: s.row_of("Facture 2043") and s.line(s.row_of("Facture 2043"))[25:37] == "Facture 2043")


def test_columns_in_little_room():
    """where the list is narrow, size and date give way before the subject does"""
    with Bag() as bag, opened(bag, 15, 60) as screen:
        ready(screen)
        assert " kB" not in screen.text() and "Inès" in screen.text()
        screen.resize(15, 34)
        screen.until(lambda s: NEWEST[:8] in s.line(s.cursor.row) and not re.search(r"\d\d:\d\d", s.line(s.cursor.row)))


def reader_top(screen):
    return screen.row_of("From: ")


def with_maildir(bag, messages=30):
    """A Maildir of the person's, because the demonstration forgets everything."""
    folder = os.path.join(bag.home, "Mail")
    for name in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, name))
    for number in range(messages):
        with open(os.path.join(folder, "cur", "%d.test:2,S" % number), "w") as file:
            file.write("From: Ada <ada@example.org>\nTo: me@example.org\nSubject: letter %d\nMessage-ID: <%d@example.org>\n"
                       "Date: Mon, 2 Nov 2026 10:%02d:00 +0000\n\nText.\n" % (number, number, number))
    accounts = os.path.join(bag.config, "accounts")
    with open(accounts, "w") as file:
        file.write("[account home]\nreceive = maildir://%s\naddress = me@example.org\n" % folder)
    os.chmod(accounts, 0o600)


def test_sizes_are_remembered():
    """Esc + and Esc − give a pane more or less room, and the next start has it as it was"""
    with Bag() as bag:
        with_maildir(bag)
        with bag.screen(rows=40, columns=120) as screen:
            screen.until("letter 29")
            screen.keys("Enter")
            screen.until("From:")
            top = reader_top(screen)
            screen.keys("Esc", "+")
            screen.until(lambda s: reader_top(s) and reader_top(s) < top)
            screen.keys("y", "Esc", "+", "Esc", "+")
            screen.until(lambda s: s.line(5)[28] == "│")
            screen.keys("q")
            command(screen, "quit")
            screen.until_end()
        with bag.screen(rows=40, columns=120) as screen:
            screen.until(lambda s: s.line(5)[28:29] == "│" and "letter 29" in s.text())
            screen.keys("Enter")
            screen.until(lambda s: reader_top(s) and reader_top(s) < top)


def test_set_explains():
    """:set OPTION? explains, a wrong value says what it may be, set-always writes the file and keeps its comments"""
    with Bag(options="# mine\ntheme = light\n") as bag, opened(bag) as screen:
        ready(screen)
        command(screen, "set sidebar-width?")
        screen.until("The option sidebar-width")
        screen.until("a number of columns, from 10 to 80")
        screen.until("By default: 24")
        screen.keys("q")
        command(screen, "set sidebar-width wide")
        screen.until(re.compile("sidebar-width cannot be “wide”"))
        command(screen, "set-always theme mono")
        screen.until("theme = mono, written into")
        command(screen, "set-always advance no")
        screen.until("advance = no, written into")
        with open(os.path.join(bag.config, "config")) as file:
            tap.equal(file.read(), "# mine\ntheme = mono\nadvance = no\n")


def test_history_is_kept():
    """commands and patterns are there again at the next start, in a file that is nobody else's"""
    with Bag() as bag:
        with opened(bag) as screen:
            ready(screen)
            command(screen, "set wrap 70")
            screen.until("wrap = 70")
            screen.keys("l")
            screen.until("Limit to messages matching:")
            screen.type("from:kit")
            screen.keys("Enter")
            screen.until("limited to from:kit")
            command(screen, "quit")
            screen.until_end()
        for folder, _, names in os.walk(bag.home):
            for name in names:
                if name.startswith("history"):
                    tap.equal(os.stat(os.path.join(folder, name)).st_mode & 0o777, 0o600)
        with opened(bag) as screen:
            ready(screen)
            screen.keys(":", "Up", "Up")
            screen.until(":set wrap 70")
            screen.keys("^G", "l")
            screen.until("Limit to messages matching:")
            screen.keys("Up")
            screen.until("matching: from:kit")


def test_first_start_keys():
    """the keys are chosen on the first screen, and written down"""
    with Bag() as bag:
        with bag.screen() as screen:
            screen.until("Keys as in mutt")
            screen.keys("t", "t")
            screen.until("Keys as in vi, aerc")
            screen.keys("q")
            screen.until_end()
        with open(os.path.join(bag.config, "config")) as file:
            tap.equal(file.read(), "key-set = vi\n")


def test_completion_lists_help():
    """Tab shows what could stand there, each with its help: commands, options, mailboxes, keywords, files, people"""
    with Bag() as bag, opened(bag, 24, 110) as screen:
        ready(screen)
        for typed, words in (("next-", "go to the next message that is not deleted"), ("set side", "Show the accounts and their mailboxes"),
                             ("change-mailbox ", "unread of 57"), ("label w", "work"), ("save-message ~/.con", ".config/"),
                             ("limit is:", "not read yet"), ("limit from:ki", "from:kit@kitmarlowe.example"), ("set theme ", "sixteen")):
            screen.keys(":")
            screen.until(lambda s: s.line(s.rows - 1).startswith(":"))
            screen.type(typed)
            screen.keys("Tab")
            screen.until(words)
            screen.keys("^G", "^G")
            screen.until(lambda s: not s.line(s.rows - 1).startswith(":"))


def test_next_unread_everywhere():
    """Tab goes through the unread of this mailbox, then of all others"""
    with Bag() as bag, opened(bag, 40, 120) as screen:
        ready(screen)
        command(screen, "tag-pattern is:unread")
        screen.until("6 tagged")
        screen.keys(";")
        screen.until("For all tagged")
        command(screen, "read-message")
        screen.until(lambda s: "unread" not in s.line(0) and "tagged" in s.text())
        screen.keys("Tab")
        screen.until(lambda s: not re.search(r"│ INBOX", s.line(0)) and s.cell(s.cursor.row, 26).data == "N")


if __name__ == "__main__":
    tap.main()
