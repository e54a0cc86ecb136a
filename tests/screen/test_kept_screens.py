"""Screens as they were looked at and found good, cell by cell with their colours: tests/screen/kept.

List, reader, sidebar, help and a letter being written at three sizes in both languages, and list and reader in each theme. MALLE_WRITE_EXPECTED=1 writes them anew: look at each
before it is kept. The line of keys is left out, and of the help all but its beginning: what commands there are grows, and other tests hold those.
"""

import os
import re
import shutil
import subprocess

from support import tap
from support.bag import Bag
from support.screen import Screen

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kept")
PO = os.path.join(os.path.dirname(KEPT), "..", "..", "po", "fr.po")
NOW = 1790604000            # 28 September 2026, 14:00 UTC
SIZES = ((24, 80), (40, 120), (60, 200))
THEMES = ("dark", "light", "sixteen", "sixteen-light", "mono")
HELP_ROWS = 14
NEWEST = "Tu rentres"


def translations():
    """A folder with the French words, as an installed Malle has them."""
    tap.need(shutil.which("msgfmt"), "gettext is not installed")
    folder = os.path.join(tap.build_dir(), "tests", "screen", "locale")
    os.makedirs(os.path.join(folder, "fr", "LC_MESSAGES"), exist_ok=True)
    subprocess.run(["msgfmt", "-o", os.path.join(folder, "fr", "LC_MESSAGES", "malle.mo"), PO], check=True)
    return folder


def look(cell):
    """What a cell looks like, in one word."""
    marks = "".join(letter for letter, on in (("b", cell.bold), ("i", cell.italics), ("u", cell.underscore), ("r", cell.reverse)) if on)
    return "%s/%s%s" % (cell.fg, cell.bg, "+" + marks if marks else "")


def picture(screen, rows):
    """The text of these rows, and below it how their cells look: from which column on, one look a stretch."""
    text, looks = [], []
    for row in rows:
        cells = [screen.cell(row, column) for column in range(screen.columns)]
        text.append("".join(cell.data for cell in cells).rstrip())
        stretches, before = [], None
        for column, cell in enumerate(cells):
            if look(cell) != before:
                before = look(cell)
                stretches.append("%d %s" % (column, before))
        looks.append("%2d: %s" % (row, ", ".join(stretches)))
    return "\n".join(text + ["----"] + looks) + "\n"


def check(screen, name, rows):
    path = os.path.join(KEPT, name)
    if os.environ.get("MALLE_WRITE_EXPECTED"):
        while screen._read(1):      # no test now: all that is still being painted
            pass
        with open(path, "w") as file:
            file.write(picture(screen, rows))
        return
    with open(path) as file:
        expected = file.read()
    try:
        screen.until(lambda s: picture(s, rows) == expected)
    except AssertionError:
        got, wanted = picture(screen, rows).split("\n"), expected.split("\n")
        different = ["%s: line %d\n  kept: %s\n  now:  %s" % (name, i + 1, b, a) for i, (a, b) in enumerate(zip(got, wanted)) if a != b]
        raise AssertionError("\n".join(different[:12]))


class Sight:
    def __init__(self, rows, columns, language="en", theme="dark"):
        self.rows, self.columns, self.language, self.theme = rows, columns, language, theme

    def __enter__(self):
        self.bag = Bag(options="theme = %s\n" % self.theme).__enter__()
        self.screen = Screen([tap.program(), "--demo"], rows=self.rows, columns=self.columns, home=self.bag.home, cwd=self.bag.home, environment={
            "LD_PRELOAD": os.path.join(tap.build_dir(), "tests", "support", "still-clock.so"), "STILL_CLOCK": str(NOW), "TZ": "UTC",
            "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""),
            "LANGUAGE": self.language, "MALLE_LOCALEDIR": translations()}).__enter__()
        self.screen.until(lambda s: NEWEST in s.line(s.cursor.row) and re.search(r"\b6\b.*\b43\b", s.line(0)) and
                          (s.columns < 96 or re.search(r"demo +14 .*Junk +2/6 .*Trash +5 .*malle-dev +4/57", s.text(), re.S)))
        return self.screen

    def __exit__(self, *error):
        self.screen.__exit__(*error)
        self.bag.__exit__(*error)


def above_keys(screen):
    return range(screen.rows - 2)


def open_letter(screen):
    screen.keys("/")
    screen.until(lambda s: s.line(s.rows - 1).strip())
    screen.type("~s Imprimerie")
    screen.keys("Enter")
    screen.until(lambda s: "Imprimerie n" in s.line(s.cursor.row))
    screen.keys("Enter")
    screen.until(lambda s: "imprimerie.example" in s.text() and re.search(r"(Subject|Objet).*Imprimerie n", s.text()))


def whole(screen):
    """nothing of Malle's own is cut off at the right edge, and no third of the screen is empty for no reason"""
    for row in (0, screen.rows - 3):
        assert not screen.line(row).endswith("…"), screen.line(row)
    bar = screen.line(screen.rows - 2)
    assert bar.strip() and len(bar) <= screen.columns


def walk(rows, columns, language):
    name = "%%s-%dx%d-%s" % (columns, rows, language)
    with Sight(rows, columns, language) as screen:
        whole(screen)
        check(screen, name % "list", above_keys(screen))
        open_letter(screen)
        whole(screen)
        check(screen, name % "reader", above_keys(screen))
        screen.keys("q")
        screen.keys("y")
        screen.until(lambda s: re.search(r"demo +14 .*Junk +2/6 .*Trash +5 .*malle-dev +4/57", s.text(), re.S) and s.cursor.column < 26)
        check(screen, name % "sidebar", above_keys(screen))
        screen.keys("q", "?")
        screen.until(lambda s: re.match(r".*(Help: the list of messages|Aide\s*: la liste)", s.line(0)))
        check(screen, name % "help", range(HELP_ROWS))
        screen.keys("q")
        screen.until(lambda s: not re.match(r".*(Help|Aide)", s.line(0)))
        screen.keys("m")
        screen.until(lambda s: re.search(r"(Letter|Lettre)\s*: \(", s.line(0)) and re.search(r" (To|À)$", s.line(s.cursor.row)))
        check(screen, name % "compose", above_keys(screen))


def test_english():
    """list, reader, sidebar, help at 80×24, 120×40, 200×60"""
    for rows, columns in SIZES:
        walk(rows, columns, "en")


def test_french():
    """the same in French"""
    for rows, columns in SIZES:
        walk(rows, columns, "fr")


def test_themes():
    """list and reader in each theme"""
    for theme in THEMES:
        with Sight(40, 120, theme=theme) as screen:
            check(screen, "list-%s" % theme, above_keys(screen))
            open_letter(screen)
            check(screen, "reader-%s" % theme, above_keys(screen))


def test_nothing_is_forgotten():
    """every kept screen is compared"""
    names = {"%s-%dx%d-%s" % (view, columns, rows, language) for view in ("list", "reader", "sidebar", "help", "compose") for rows, columns in SIZES for language in ("en", "fr")}
    names |= {"%s-%s" % (view, theme) for view in ("list", "reader") for theme in THEMES}
    tap.equal(set(os.listdir(KEPT)), names)


if __name__ == "__main__":
    tap.main()
