"""Colours: themes may say #rrggbb; sixteen million where the terminal has them, else the nearest of 256, else of 16, else none."""

import os
import re

from support import tap
from support.bag import Bag
from test_layout import command, opened, ready

# The selected row (blue), the status line, the title; 0x000003 is so dark that it stands for black.
THEME = "base = dark\nlist-cursor = #102030 on #d7ff87\nstatus = bold #000003 on #87afd7\ntitle = #ffffff on 24\n"
PLAIN = {"COLORTERM": None}
TRUE = {"COLORTERM": "truecolor"}


def seen(term, environment, options="theme = mine\n", theme=THEME):
    """all that was written while the list came up, and the looks of the selected row and the status line"""
    with Bag(options=options) as bag:
        themes = os.path.join(bag.home, ".config", "malle", "themes")
        os.makedirs(themes)
        with open(os.path.join(themes, "mine"), "w") as file:
            file.write(theme)
        with opened(bag, term=term, environment=environment) as screen:
            ready(screen)
            screen.settle()
            selected = screen.cell(screen.cursor.row, 79)
            status = screen.cell(screen.rows - 3, 79)
            return bytes(screen.written), (selected.fg, selected.bg), (status.fg, status.bg), status.bold


def numbers(written):
    return re.findall(rb"\x1b\[([0-9;]*)m", written)


def test_direct():
    """COLORTERM says so: each colour as it was written, and those of the palette by their number"""
    for said in ("truecolor", "24bit"):
        written, selected, status, bold = seen("xterm-256color", {"COLORTERM": said})
        tap.equal(selected, ("102030", "d7ff87"))
        tap.equal(status, ("000000", "87afd7"))
        assert bold
        assert b"38;2;16;32;48" in written and b"48;2;215;255;135" in written and b"48;5;24" in written, numbers(written)


def test_by_terminfo():
    """a description that knows direct colours needs no variable"""
    tap.need(any(os.path.exists(folder + "/x/xterm-direct") for folder in ("/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo")), "ncurses-term is not installed")
    written, selected, _status, _bold = seen("xterm-direct", PLAIN)
    tap.equal(selected, ("102030", "d7ff87"))
    assert b"48;5;24" in written


def test_nearest():
    """256 colours: the nearest of the palette, never of the sixteen that people change; 16: the nearest of those"""
    written, selected, status, _bold = seen("xterm-256color", PLAIN)
    assert b"38;2;" not in written and b"48;2;" not in written
    assert b"38;5;234" in written and b"48;5;192" in written and b"48;5;110" in written, numbers(written)
    written, _selected, _status, _bold = seen("xterm-16color", PLAIN)
    assert b"38;2;" not in written and b";5;" not in written
    assert any(re.search(rb"(^|;)(4[0-7]|10[0-7])($|;)", one) for one in numbers(written)), numbers(written)


def test_none():
    """NO_COLOR wins over everything"""
    written, _selected, _status, _bold = seen("xterm-256color", {"COLORTERM": "truecolor", "NO_COLOR": "1"})
    for one in numbers(written):
        for number in one.split(b";"):
            assert not re.fullmatch(rb"3[0-8]|4[0-8]|9[0-7]|10[0-7]", number), one


def test_nothing_is_left():
    """programs that are started do not inherit the description made for curses"""
    with Bag() as bag, opened(bag, environment=TRUE) as screen:
        ready(screen)
        command(screen, "shell echo \"<$TERMINFO>\" > ~/terminfo")
        screen.until("Press Enter")
        screen.keys("Enter")
        ready(screen)
        with open(os.path.join(bag.home, "terminfo")) as file:
            tap.equal(file.read(), "<>\n")


def test_quote_colours():
    """quote-colours: by depth, from the first again"""
    with Bag(options="quote-colours = #112233, 45\n") as bag, opened(bag, 40, 120, environment=TRUE) as screen:
        ready(screen)
        command(screen, "search subject:'Los lomos del atlas' from:Jonas")
        screen.until(lambda s: "Jonas Weber" in s.line(s.cursor.row))
        screen.keys("Enter")
        screen.until(lambda s: re.search(r"^.{24}│ *> ", s.text(), re.M))
        row = next(i for i, line in enumerate(screen.lines()) if re.search(r"^.{24}│ *> ", line))
        tap.equal(screen.cell(row, screen.line(row).index(">") + 2).fg, "112233")


if __name__ == "__main__":
    tap.main()
