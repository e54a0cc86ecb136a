"""The screen of the real program, on the embedded demo: what stands where, and that keys do what they say."""

import os
import random
import re
import signal

from support import tap
from support.bag import Bag


def demo(rows=24, columns=80, **options):
    """A running program and the bag that holds its files."""
    return Opened(["--demo"], rows, columns, options)


class Opened:
    def __init__(self, arguments, rows, columns, options, **bag):
        self.arguments, self.rows, self.columns, self.options, self.bag_options = arguments, rows, columns, options, bag

    def __enter__(self):
        self.bag = Bag(**self.bag_options).__enter__()
        try:
            self.screen = self.bag.screen(*self.arguments, rows=self.rows, columns=self.columns, **self.options).__enter__()
            self.screen.bag = self.bag
            self.screen.until(lambda s: re.search(r"\b43\b", s.line(0)) or "Malle" in s.line(0))
        except BaseException as trouble:
            self.__exit__(type(trouble), trouble, None)
            raise
        return self.screen

    def __exit__(self, *error):
        try:
            if hasattr(self, "screen"):
                self.screen.__exit__(*error)
        finally:
            self.bag.__exit__(*error)


def go_to(screen, text, shown=None):
    """The selection on the message with these words in its subject (`shown`: how its row on the screen is known)."""
    shown = shown or text
    screen.keys("/")
    screen.until("Search:")
    screen.type("~s '%s'" % text)
    screen.keys("Enter")
    screen.until(lambda s: s.row_of(shown) is not None and s.cursor.row == s.row_of(shown))


def test_small_screen():
    """80×24: title, list, status and keys stand where they should"""
    with demo() as screen:
        assert screen.line(0).startswith(" INBOX"), screen.line(0)
        assert "unread of 43" in screen.line(0)
        assert "demo" in screen.line(21) and "on this machine" in screen.line(21), screen.line(21)
        assert "Help" in screen.line(22) and "Quit" in screen.line(22), screen.line(22)
        assert screen.line(23) == ""
        assert all("\u2502" not in line[:40] for line in screen.lines()), "the sidebar has no room here"


def test_columns():
    """sizes stand below one another, whatever wide or marked characters come before them"""
    with demo() as screen:
        screen.until(lambda s: all(s.cell(row, 41).data == "B" for row in range(1, 21)))
        screen.until(re.compile("[\u4e00-\u9fff]"))


def test_cursor():
    """the terminal's cursor stands on the selected row"""
    with demo() as screen:
        screen.keys("=")
        screen.until(lambda s: s.cursor.row == 1)
        screen.keys("j", "j")
        screen.until(lambda s: s.cursor.row == 3)
        screen.until(lambda s: (s.cell(3, 20).bg, s.cell(3, 20).reverse) != (s.cell(4, 20).bg, s.cell(4, 20).reverse))
        screen.keys("*")
        screen.until(lambda s: s.cursor.row == 20)


def test_reading():
    """Enter reads, Space pages, j goes on, q comes back to the place"""
    with demo() as screen:
        go_to(screen, "Facture 2043")
        screen.keys("Enter")
        screen.until("From:")
        screen.until("Subject: Facture 2043")
        screen.until("1 attachment")
        screen.until("facture-2043.pdf")
        screen.keys("q")
        screen.until(lambda s: "unread of 43" in s.line(0) and "Facture 2043" in s.line(s.cursor.row))
        screen.keys("Enter", "j")
        screen.until(lambda s: "Facture 2043" not in s.line(0) and "From:" in s.text())


def test_headers_and_source():
    """h shows all header fields, Esc h the source; again comes back"""
    with demo() as screen:
        go_to(screen, "Facture 2043")
        screen.keys("Enter")
        screen.until("Subject: Facture 2043")
        screen.keys("h")
        screen.until(re.compile("(?i)message-id:"))
        screen.keys("h")
        screen.until(lambda s: not re.search("(?i)message-id:", s.text()))
        screen.keys("Esc", "h")
        screen.until(re.compile("(?i)content-type:"))


def test_wide_screen():
    """160×50: mailboxes at the side, the reader below the list"""
    with demo(50, 160) as screen:
        assert screen.line(0).startswith(" Mailboxes"), screen.line(0)
        for name in ("Inbox", "Drafts", "Sent", "Archive", "Lists", "malle-dev"):
            assert screen.row_of(name) is not None, name
        screen.keys("Enter")
        screen.until("From:")
        assert screen.row_of("From:") > 10
        assert "unread of 43" in screen.line(0), "the list is still there"
        screen.keys("y", "*")
        screen.until(lambda s: s.cursor.column < 26 and "malle-dev" in s.line(s.cursor.row))
        screen.keys("Enter")
        screen.until(lambda s: "malle-dev" in s.line(0) and "57" in s.line(0))


def test_resize():
    """a resize keeps the selected message and the place in a text, from 60×15 to 300×100"""
    with demo() as screen:
        go_to(screen, "Einkaufszettel")
        for rows, columns in ((15, 60), (50, 160), (100, 300), (8, 40), (24, 80)):
            screen.resize(rows, columns)
            screen.until(lambda s: s.cursor.row < s.rows and "Einkaufs" in s.line(s.cursor.row) and s.line(0).startswith(" "))
        go_to(screen, "Imprimerie")
        screen.keys("Enter")
        screen.until("From:")
        screen.keys("Space")
        screen.until(lambda s: "From:" not in s.line(1))
        screen.settle()
        word = next(line for line in screen.lines()[1:] if line.strip()).split()[0]
        screen.resize(20, 60)
        screen.until(lambda s: word in " ".join(s.lines()[1:8]))


def test_tiny_screen():
    """a screen too small for anything does no harm"""
    with demo() as screen:
        for rows, columns in ((2, 10), (1, 1), (3, 200), (60, 5), (24, 80)):
            screen.resize(rows, columns)
            screen.keys("j", "k", "?", "q")
        screen.until("unread of 43")


def test_hostile_mail():
    """nothing that a sender wrote reaches the terminal as a control, nor turns text around"""
    with demo() as screen:
        go_to(screen, "message", "You have")
        screen.keys("Enter")
        screen.until("This letter tries to be rude")
        for _ in range(6):
            screen.keys("Space")
        screen.until("Nothing happened")
        screen.keys("Esc", "h")
        screen.until(re.compile("(?i)content-type:"))
        screen.keys("v")
        screen.until("Parts of")
        screen.settle()
        written = bytes(screen.written)
        assert b"\x07" not in written
        for attack in (b"\x1b]0;gotcha", b"\x1b[41;97m", "\u202e".encode(), "\u200b".encode(), b"\x1b]52"):
            assert attack not in written, attack
        assert "Malle" in screen.title or screen.title == "", screen.title
        # every escape sequence is of a kind that the program itself sends
        rest = re.sub(rb"\x1b(\[[0-9;:?>!]*[A-Za-z@`]|[()][A-Z0-9]|[78=>MDcE]|\]2;[^\x00-\x1f]* \xe2\x80\x94 Malle\x1b\\|\]2;Malle\x1b\\|\\)", b"", written)
        tap.equal(rest.count(b"\x1b"), 0)


def test_delete_and_undo():
    """d takes a message away at once, u brings it back"""
    with demo() as screen:
        go_to(screen, "Einkaufszettel")
        screen.keys("d")
        screen.until("42")
        screen.until_gone("Einkaufszettel")
        screen.keys("u")
        screen.until("Einkaufszettel")
        screen.until(lambda s: " 43" in s.line(0))


def test_flags():
    """F flags, N marks as unread, w sets any; the signs tell without colours"""
    with demo() as screen:
        go_to(screen, "Einkaufszettel")
        screen.keys("F")
        screen.until(lambda s: s.line(s.row_of("Einkaufszettel"))[2] == "!")
        screen.keys("w")
        screen.until("Set:")
        screen.keys("r")
        screen.until(lambda s: s.line(s.row_of("Einkaufszettel"))[1] == "r")
        screen.keys("W", "!")
        screen.until(lambda s: s.line(s.row_of("Einkaufszettel"))[2] == " ")


def test_tags():
    """t tags, T tags by pattern, ; works on all tagged messages"""
    with demo() as screen:
        screen.keys("T")
        screen.until("Tag messages matching:")
        screen.type("from:kit")
        screen.keys("Enter")
        screen.until("2 tagged")
        screen.keys(";")
        screen.until("For all tagged messages")
        screen.keys("s")
        screen.until("Move to mailbox:")
        screen.type("Archive")
        screen.keys("Enter")
        screen.until(lambda s: " 41" in s.line(0))
        screen.keys("^_")
        screen.until(lambda s: " 43" in s.line(0))


def test_limit_and_sort():
    """l shows what matches, l and nothing shows all; o sorts"""
    with demo() as screen:
        screen.keys("l")
        screen.until("Limit to messages matching:")
        screen.type("from:kit")
        screen.keys("Enter")
        screen.until("limited to from:kit")
        screen.until(lambda s: "Kit Marlowe" in s.line(1) and "Kit Marlowe" in s.line(2) and not s.line(3))
        screen.keys("l")
        screen.until("Limit to messages matching: from:kit")
        screen.keys("^U", "Enter")
        screen.until("unread of 43")
        screen.keys("o", "z")
        screen.until("largest first")
        screen.keys("l")
        screen.until("Limit to messages matching:")
        screen.type("~d <2x")
        screen.keys("Enter")
        screen.until(lambda s: s.line(23) and "Limit" not in s.line(23))
        assert "largest first" in screen.line(0), "a pattern that makes no sense changes nothing"


def test_threads():
    """threads are drawn as trees, folded and opened"""
    with demo() as screen:
        screen.keys("o", "t", "=")
        screen.until("threads")
        screen.until(re.compile("└─"))
        screen.keys("Esc", "V")
        screen.until(lambda s: "└─" not in s.text() and "▸" in s.text())
        screen.keys("Esc", "V")
        screen.until(re.compile("└─"))


def test_command_line():
    """: completes commands and arguments, keeps a history, and says what went wrong"""
    with demo() as screen:
        screen.keys(":")
        screen.type("change-m")
        screen.keys("Tab")
        screen.until(":change-mailbox")
        screen.type(" Arch")
        screen.keys("Tab")
        screen.until(":change-mailbox Archive")
        screen.keys("Enter")
        screen.until(lambda s: "Archive" in s.line(0) and "35" in s.line(0))
        screen.keys(":", "Up")
        screen.until(":change-mailbox Archive")
        screen.keys("Esc")
        screen.until_gone(":change-mailbox")
        screen.keys(":")
        screen.type("chnage-mailbox INBOX")
        screen.keys("Enter")
        screen.until("change-mailbox")
        assert "There is no command" in screen.line(23), screen.line(23)


def test_help():
    """? lists what can be done here, and finds words"""
    with demo() as screen:
        screen.keys("?")
        screen.until("Help: the list of messages")
        screen.keys("/")
        screen.until("Search:")
        screen.type("folded")
        screen.keys("Enter")
        screen.until("not found")
        screen.keys("/")
        screen.until("Search:")
        screen.type("flag the message")
        screen.keys("Enter")
        screen.until(re.compile(r"F +flag the message"))
        screen.keys("q")
        screen.until("unread of 43")
        screen.keys("Enter", "?")
        screen.until("Help: reading a message")


def test_paste():
    """a paste is never run as commands"""
    with demo() as screen:
        screen.type("\x1b[200~dddddqqq\r\x1b[201~")
        screen.until("Pasted text is not taken as commands")
        assert " 43" in screen.line(0)


def test_unknown_key():
    """a key that does nothing says so, and Alt with it does not run it"""
    with demo() as screen:
        screen.keys("9")
        screen.until("9 does nothing here")
        screen.type("\x1bd")
        screen.until("Alt-d does nothing here")
        assert " 43" in screen.line(0)


def test_journal():
    """the journal lists what was decided, in words"""
    with demo() as screen:
        go_to(screen, "Einkaufszettel")
        screen.keys("d")
        screen.until("42")
        screen.keys(":")
        screen.type("journal")
        screen.keys("Enter")
        screen.until("What you decided")
        screen.until(re.compile("done.*Trash"))


def test_no_color():
    """NO_COLOR: no colour is sent, and the selected row is still told"""
    with demo(environment={"NO_COLOR": "1"}) as screen:
        screen.keys("=", "j")
        screen.until(lambda s: s.cursor.row == 2)
        screen.until(lambda s: s.cell(2, 20).reverse or s.cell(2, 20).underscore)
        for match in re.finditer(rb"\x1b\[([0-9;]*)m", bytes(screen.written)):
            for number in match.group(1).split(b";"):
                assert not re.fullmatch(rb"3[0-8]|4[0-8]|9[0-7]|10[0-7]", number), match.group(0)


def test_few_colours():
    """a terminal of 8 colours is enough, and one of none"""
    for term in ("linux", "vt100"):
        with demo(term=term) as screen:
            screen.keys("=", "Enter")
            screen.until("From:")
            assert b"38;5;" not in bytes(screen.written), term


def test_ascii_locale():
    """in a locale that is not UTF-8 every byte sent is ASCII"""
    with demo(environment={"LC_ALL": "C", "LANG": "C"}) as screen:
        screen.keys("=", "Enter")
        screen.until("From:")
        screen.keys("q", "y")
        screen.until("Mailboxes")
        assert max(bytes(screen.written)) < 0x80


def ended_well(screen):
    written = bytes(screen.written)
    assert written.rstrip().endswith((b"\x1b[?1049l", b"\x1b[?1l\x1b>", b"\x1b[?25h", b"\x1b[?12l\x1b[?25h", b"\x1b>")) or b"\x1b[?1049l" in written[-200:], written[-200:]
    assert b"\x1b[?2004l" in written[-300:], "bracketed paste is off again"


def test_quit_and_signals():
    """q, SIGTERM and SIGHUP all leave a clean terminal"""
    with demo() as screen:
        screen.keys("q")
        tap.equal(screen.until_end(), 0)
        ended_well(screen)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        with demo() as screen:
            screen.signal(number)
            tap.equal(screen.until_end(), 0)
            ended_well(screen)


def test_suspend():
    """a stop and a continue draw the screen anew"""
    with demo() as screen:
        screen.settle()
        before = len(screen.written)
        screen.signal(signal.SIGTSTP)
        screen.signal(signal.SIGCONT)
        screen.until(lambda s: b"\x1b[?1049h" in bytes(s.written[before:]))
        screen.keys("j")
        screen.until("unread of 43")


def test_welcome():
    """without accounts: the welcome screen, and the demo from it"""
    with Opened([], 24, 80, {}) as screen:
        screen.until("There is no account yet")
        screen.until("Set up an account")
        screen.keys("d")
        screen.until("unread of 43")
        screen.keys("q")
        tap.equal(screen.until_end(), 0)
        assert not os.path.exists(os.path.join(screen.bag.config, "accounts"))


def test_random_keys():
    """thousands of keys in no order: the program goes on, and ends when asked"""
    # Letters have a test of their own (test_compose.py).
    keys = list("jkJKdDuFNtTlo/nvhSTMywWY=*zZ[]ACsc$tdjjkkOBVaGi^-;?") + [
        "Enter", "Space", "Tab", "Esc", "Up", "Down", "PageUp", "PageDown", "Home", "End", "^D", "^U", "^N", "^P", "^_", "^T", "^G", "^L",
        "\x1bv", "\x1bV", "\x1bt", "\x1bj", "\x1bm", "\x1bk", "\x1bh", "\x1bl", "\x1b/", "~A", "from:a", "Lists\r", "is:unread\r",
        "\x1b[200~a\nb\x1b[201~", "é日", "\x1b[<0;1;2M", ":wire\r", ":set theme light\r", ":set ascii yes\r", ":set reader right\r",
        ":set reader below\r", ":sort threads\r", ":label a -b\r", ":offline\r", ":create-mailbox X/Y\r", ":next-unread-mailbox\r", ":mo\t\t\r"]
    chance = random.Random(int(os.environ.get("MALLE_TEST_SEED", "20261123")))
    with Bag() as bag:
        with open(os.path.join(bag.config, "keys"), "w") as file:
            file.write("unbind list q\nunbind list x\nunbind any !\nunbind any |\n")
        with open(os.path.join(bag.config, "config"), "w") as file:
            file.write("editor = true\n")      # writes nothing, and ends
        with bag.screen("--demo") as screen:
            screen.until("of 43")
            for _ in range(6000 if tap.long_run() else 800):
                if chance.random() < 0.03:
                    screen.resize(chance.randint(4, 60), chance.randint(12, 200))
                screen.keys(chance.choice(keys))
                screen.settle()
            screen.resize(24, 80)
            screen.settle()
            screen.signal(signal.SIGTERM)
            tap.equal(screen.until_end(), 0)


if __name__ == "__main__":
    tap.main()
