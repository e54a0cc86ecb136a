"""On the screen: what a decision does to the list, and where the person is afterwards."""

import re
import tempfile

from support import tap
from support.screen import Screen


def demo(home):
    return Screen([tap.program(), "--demo"], rows=30, columns=120, home=home)


ROOT = "Hello from the Malle list"


def in_inbox(screen):
    """The inbox of the demo, all of it, the cursor on the letter that begins a thread of two."""
    screen.until("of 43")
    screen.keys("=", "/", *("=s '%s'" % ROOT), "Enter")
    # In the middle of a repaint the terminal's cursor passes over every line: what it stands on must be there too.
    screen.until(lambda s: s.row_of("Re: " + ROOT) is not None and s.cursor.row == s.row_of("Re: " + ROOT) - 1)


def subject(screen, row):
    """Without the lines of its thread, which change when an answer loses what it answers."""
    behind_the_size = re.split(r"\d [kM]?B  ", screen.line(row), maxsplit=1)[-1]
    return behind_the_size.strip().lstrip("└├─│ ")


def test_deleting_goes_to_the_next_and_undoing_comes_back():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        screen.keys("d")
        screen.until("of 42")
        screen.until("takes it back")
        screen.until(lambda s: subject(s, s.cursor.row) == "Re: " + ROOT)
        screen.keys("u")
        screen.until("of 43")
        screen.until(lambda s: subject(s, s.cursor.row).startswith(ROOT))


def test_reading_in_unread_does_not_move_the_list():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        screen.keys("l", *"~U", "Enter")
        screen.until("limited to ~U")
        screen.until(lambda s: subject(s, 6) and not s.line(7)[26:].strip() and not s.line(27)[26:].strip())
        screen.keys("=")
        screen.until(lambda s: s.cursor.row == 1)
        before = [subject(screen, row) for row in range(1, 7)]
        assert all(before), screen.text()
        screen.keys("j", "Enter")
        screen.until("From:")
        screen.keys("q")
        screen.until("limited to ~U")
        screen.until(lambda s: s.row_of("Inbox") is not None and "5/43" in s.line(s.row_of("Inbox")))
        screen.until(lambda s: [subject(s, row) for row in range(1, 7)] == before and s.cursor.row == 2)


def test_a_wrong_pattern_points_at_its_place():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        screen.keys("l", *"~d <2x", "Enter")
        screen.until("date")
        assert "of 43" in screen.text(), screen.text()      # and nothing was limited


if __name__ == "__main__":
    tap.main()
