"""On the screen: what a decision does to the list, and where the person is afterwards."""

import tempfile

from support import tap
from support.screen import Screen


def demo(home):
    return Screen([tap.program(), "--demo"], rows=30, columns=120, home=home)


def in_inbox(screen):
    """The inbox of the demo, all of it, the cursor on the tenth line."""
    screen.until("of 43")
    screen.keys("=")
    screen.until(lambda s: s.cursor.row == 1)
    screen.keys(*"jjjjjjjjj")
    screen.until(lambda s: s.cursor.row == 10)


def subject(screen, row):
    """Without the lines of its thread, which change when an answer loses what it answers."""
    return screen.line(row)[25 + 43:].strip().lstrip("└├─│ ")


def test_deleting_goes_to_the_next_and_undoing_comes_back():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        here, following = subject(screen, 10), subject(screen, 11)
        assert here and following and here != following, screen.text()
        screen.keys("d")
        screen.until("of 42")
        screen.until("takes it back")
        assert subject(screen, screen.cursor.row) == following, screen.text()
        screen.keys("u")
        screen.until("of 43")
        screen.until(lambda s: subject(s, s.cursor.row) == here)


def test_reading_in_unread_does_not_move_the_list():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        screen.keys("l", *"~U", "Enter")
        screen.until("limited to ~U")
        screen.until("6 · ")
        screen.keys("=")
        screen.until(lambda s: s.cursor.row == 1)
        before = [subject(screen, row) for row in range(1, 7)]
        assert all(before), screen.text()
        screen.keys("j", "Enter")
        screen.until("From:")
        screen.keys("q")
        screen.until("limited to ~U")
        screen.until(lambda s: s.row_of("Inbox") is not None and "5/43" in s.line(s.row_of("Inbox")))
        assert [subject(screen, row) for row in range(1, 7)] == before, screen.text()
        assert screen.cursor.row == 2, screen.text()


def test_a_wrong_pattern_points_at_its_place():
    with tempfile.TemporaryDirectory() as home, demo(home) as screen:
        in_inbox(screen)
        screen.keys("l", *"~d <2x", "Enter")
        screen.until("date")
        assert "of 43" in screen.text(), screen.text()      # and nothing was limited


if __name__ == "__main__":
    tap.main()
