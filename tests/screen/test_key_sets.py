"""The three sets of keys: in each a person moves, reads, deletes and takes back, pages, and leaves with what their hands know."""

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


if __name__ == "__main__":
    tap.main()
