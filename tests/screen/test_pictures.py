"""Pictures within the text: kitty's way and sixel, drawn where the text leaves room, gone when it moves; else the words that stand for them."""

import base64
import os
import re
import shutil
import socket
import struct
import zlib

from support import tap
from support.bag import Bag
from test_layout import command, with_maildir

# Without pixels of its own a cell counts as 10 × 20 of them.
WIDTH, HEIGHT, COLUMNS, ROWS = 200, 100, 20, 5


def png(width=WIDTH, height=HEIGHT, noise=False):
    pixel = (lambda x, y: zlib.crc32(b"%d.%d" % (x, y)).to_bytes(4, "big")[:3]) if noise else (lambda x, y: bytes((x % 256, y % 256, 128)))
    raw = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def put(bag, picture, after=40, remote="http://192.0.2.1/far.png", attached=None):
    part = "Content-Type: %s; name=\"%s\"\nContent-Transfer-Encoding: base64\n%s\n\n%s\n"
    html = ("<p>Before the rose</p><p><img src='cid:rose@x' alt='a rose'></p><p>Behind the rose</p><p><img src='%s' alt='from afar'></p>" % remote +
            "".join("<p>line %d</p>" % number for number in range(after)))
    parts = ["Content-Type: text/html; charset=utf-8\n\n" + html + "\n", part % ("image/png", "rose.png", "Content-ID: <rose@x>\nContent-Disposition: inline", base64.encodebytes(picture).decode())]
    text = ("From: Ada <ada@example.org>\nTo: me@example.org\nSubject: pictures\nMessage-ID: <pictures@example.org>\nDate: Tue, 3 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
            "Content-Type: multipart/%s; boundary=b\n\n" % ("mixed" if attached else "related"))
    if attached:
        parts.append(part % ("image/png", "holiday.png", "Content-Disposition: attachment; filename=holiday.png", base64.encodebytes(attached).decode()))
        parts[0:2] = ["Content-Type: multipart/related; boundary=c\n\n--c\n%s\n--c\n%s\n--c--\n" % (parts[0], parts[1])]
    with open(os.path.join(bag.home, "Mail", "cur", "99.p:2,S"), "w") as file:
        file.write(text + "".join("--b\n%s\n" % one for one in parts) + "--b--\n")


class Reading:
    """the letter with the picture, opened"""

    def __init__(self, options, picture=None, rows=30, columns=100, environment=None, answer=None, **letter):
        self.options, self.picture, self.size, self.environment, self.answer, self.letter = options, picture or png(), (rows, columns), environment, answer, letter

    def __enter__(self):
        tap.need(shutil.which("chafa"), "chafa is not installed")
        self.bag = Bag(options=self.options).__enter__()
        with_maildir(self.bag, 1)
        put(self.bag, self.picture, **self.letter)
        self.screen = self.bag.screen(rows=self.size[0], columns=self.size[1], environment=self.environment or {})
        screen = self.screen.__enter__()
        if self.answer:
            screen.answer = lambda data: self.answer if data.endswith("c") else data
        screen.until("pictures")
        command(screen, "search pictures")
        command(screen, "set reader full")
        screen.keys("Enter")
        screen.until("Before the rose")
        return screen

    def __exit__(self, *error):
        self.screen.__exit__(*error)
        self.bag.__exit__(*error)


def room(screen):
    """the row behind the words of the picture, if empty rows follow as many as the picture has"""
    row = screen.row_of("[a rose]")
    behind = screen.row_of("Behind the rose")
    return row + 1 if row is not None and behind is not None and behind - row - 1 >= ROWS and not any(screen.line(r).replace("│", "").strip()[25:] for r in range(row + 1, row + 1 + ROWS)) else None


def drawn(screen, kind):
    return [one for one in screen.graphics if one[0].startswith(kind)]


def test_sixel():
    """drawn in the room behind its paragraph; gone when the text moves, and there again when it rests; only sixel reaches the terminal"""
    with Reading("images = sixel\n") as screen:
        row = screen.until(room)
        screen.until(lambda s: drawn(s, b"\x1bP"))
        sequence, at, column = drawn(screen, b"\x1bP")[-1]
        tap.equal(at, row)
        assert re.fullmatch(rb"\x1bP[0-9;]*q[\n!-~]*\x1b\\", sequence)
        raster = re.search(rb'"1;1;(\d+);(\d+)', sequence)
        wide, high = int(raster.group(1)), int(raster.group(2))
        assert 150 <= wide <= COLUMNS * 10 and 75 <= high <= ROWS * 20, (wide, high)
        before = len(drawn(screen, b"\x1bP"))
        screen.keys("Enter")
        screen.until(lambda s: s.row_of("[a rose]") == row - 2)
        screen.until(lambda s: len(drawn(s, b"\x1bP")) > before and drawn(s, b"\x1bP")[-1][1] == row - 1)
        for _ in range(12):
            screen.keys("Enter")
        screen.until(lambda s: s.row_of("[a rose]") is None)
        assert not drawn(screen, b"\x1b_")


def test_kitty():
    """sent once, shown in its cells, moved for some bytes; removed from the terminal's memory at the end"""
    with Reading("images = kitty\n") as screen:
        row = screen.until(room)
        place = rb"\x1b_Ga=p,i=(\d+),p=1,c=%d,r=%d,C=1,q=2\x1b\\" % (COLUMNS, ROWS)
        screen.until(lambda s: any(re.fullmatch(place, one[0]) for one in s.graphics))
        [number] = {re.fullmatch(place, one[0]).group(1) for one in screen.graphics if re.fullmatch(place, one[0])}
        tap.equal([one[1] for one in screen.graphics if re.fullmatch(place, one[0])], [row])
        sent = b"".join(re.fullmatch(rb"\x1b_G(?:a=t,[^;]*|m=[01]);([^\x1b]*)\x1b\\", one[0]).group(1) for one in screen.graphics if re.match(rb"\x1b_G(a=t|m=)", one[0]))
        head = next(one[0] for one in screen.graphics if one[0].startswith(b"\x1b_Ga=t"))
        wide, high = (int(re.search(rb"[,G]%s=(\d+)" % key, head).group(1)) for key in (b"s", b"v"))
        tap.equal(len(zlib.decompress(base64.b64decode(sent))), wide * high * 4)
        screen.settle()
        before, transmitted = len(screen.written), len([one for one in screen.graphics if one[0].startswith(b"\x1b_Ga=t")])
        screen.keys("Enter")
        screen.until(lambda s: any(re.fullmatch(place, one[0]) and one[1] == row - 1 for one in s.graphics))
        tap.equal(len([one for one in screen.graphics if one[0].startswith(b"\x1b_Ga=t")]), transmitted)
        moved = b"".join(one[0] for one in screen.graphics[-2:])
        assert len(moved) < 200, moved
        assert b"\x1b_Ga=d,d=i,i=%s,q=2\x1b\\" % number in bytes(screen.written[before:])
        screen.keys("q")
        command(screen, "quit")
        tap.equal(screen.until_end(), 0)
        assert b"\x1b_Ga=d,d=I,i=%s,q=2\x1b\\" % number in bytes(screen.written)


def test_bound():
    """a picture that would cost too much is sent smaller; over SSH the bound is a quarter"""
    noisy = png(640, 400, noise=True)
    for environment, most in (({}, 64 << 10), ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, 16 << 10)):
        with Reading("images = sixel\nimage-size = 64\nimage-fetch = 4096\n", noisy, 50, environment=environment) as screen:
            screen.until(lambda s: drawn(s, b"\x1bP"))
            assert len(drawn(screen, b"\x1bP")[-1][0]) <= most, len(drawn(screen, b"\x1bP")[-1][0])


def test_auto():
    """by its answer a terminal shows sixel; by none, or by another, the words stay"""
    with Reading("", answer="\x1b[?62;4;22c") as screen:
        screen.until(room)
        screen.until(lambda s: drawn(s, b"\x1bP"))
    with Reading("", answer="\x1b[?64;1;2;44c") as screen:
        screen.until("[a rose]")
        screen.keys("Enter")
        screen.until(lambda s: s.row_of("From: ") is None)
        assert not screen.graphics
    with Reading("", environment={"KITTY_WINDOW_ID": "1"}) as screen:
        screen.until(lambda s: any(one[0].startswith(b"\x1b_Ga=p") for one in s.graphics))
        assert b"\x1b[c" not in bytes(screen.written)


def test_words():
    """no pictures: with images = no, without chafa, for what is no picture, for what is too large to be fetched"""
    for options, picture, environment in (("images = no\n", None, None), ("images = sixel\n", None, {"PATH": "/nonexistent"}), ("images = sixel\n", b"\x89PNG\r\n\x1a\nno picture at all", None),
                                          ("images = sixel\nimage-fetch = 1\n", png(300, 300, noise=True), None)):
        with Reading(options, picture, environment=environment) as screen:
            screen.until(lambda s: s.row_of("[a rose]") and s.row_of("Behind the rose") == s.row_of("[a rose]") + 2)
            screen.keys("Enter")
            screen.until(lambda s: s.row_of("From: ") is None)
            assert not screen.graphics, screen.graphics


def test_never_from_the_network():
    """a picture elsewhere is not asked for"""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        with Reading("images = sixel\n", remote="http://127.0.0.1:%d/far.png" % listener.getsockname()[1]) as screen:
            screen.until(lambda s: drawn(s, b"\x1bP"))
            screen.until("[from afar]")
        try:
            listener.accept()
        except BlockingIOError:
            return
        raise AssertionError("somebody asked for the picture")


def test_attached():
    """attached pictures stand below the text, under their names"""
    with Reading("images = kitty\n", after=0, rows=50, attached=png(100, 60)) as screen:
        place = rb"\x1b_Ga=p,i=\d+,p=1,c=10,r=3,"
        screen.until(lambda s: any(re.match(place, one[0]) and one[1] == (s.row_of("[holiday.png]") or 0) + 1 for one in s.graphics))


def test_conversation():
    """in a conversation the message has its picture as well"""
    with Reading("images = kitty\n") as screen:
        screen.until(lambda s: any(one[0].startswith(b"\x1b_Ga=p") for one in s.graphics))
        before = len(screen.graphics)
        command(screen, "conversation")
        screen.until(lambda s: s.line(0).rstrip().find("message 1 of 1") >= 0)
        screen.until(lambda s: any(one[0].startswith(b"\x1b_Ga=p") and one[1] == (s.row_of("[a rose]") or 0) + 1 for one in s.graphics[before:]))


def test_covered():
    """what is put over a picture takes it away, and it comes back"""
    with Reading("images = kitty\n") as screen:
        screen.until(lambda s: any(one[0].startswith(b"\x1b_Ga=p") for one in s.graphics))
        screen.keys("?")
        screen.until("Help: reading a message")
        screen.until(lambda s: s.graphics[-1][0].startswith(b"\x1b_Ga=d,d=i"))
        screen.keys("q")
        screen.until(lambda s: s.graphics[-1][0].startswith(b"\x1b_Ga=p"))


if __name__ == "__main__":
    tap.main()
