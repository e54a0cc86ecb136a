"""The whole program in a pseudo-terminal, and letters, servers and file names that try to drive it: whatever the field, the
encoding and the charset, only the renderer's own sequences arrive. Mailsploit and homographs are told, bombs are shown in part."""

import base64
import os
import re
import sys

from support import tap
from support.bag import Bag
from support.scripted_server import ScriptedServer
from support.servers.dovecot import Dovecot

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))
from liar import Liar, letters  # noqa: E402

# Every control, between two letters that tell which it was: a terminal must never get one of them.
CONTROLS = [chr(code) for code in list(range(1, 32)) + [127] + list(range(0x80, 0xA0)) if chr(code) not in "\t\n\r"]
TRICKS = ["\x1b]0;OWNED\x07", "\x1b]52;c;T1dORUQ=\x07", "\x1b]8;;http://owned.test\x1b\\", "\x1b[2J", "\x9b2J", "\x9d0;OWNED\x9c", "\x1bP1$r\x1b\\",
          "\x1b[6n", "\x1bc", "\x90OWNED\x9c"]
TURNING = ["\u202e", "\u202d", "\u202a", "\u2066", "\u2067", "\u200e", "\u200f", "\u061c"]
UNSEEN = ["\u200b", "\u2060", "\ufeff", "\u00ad", "\U000e0041", "\ufff9", "\u2028", "\u2029", "\ufffe"]


def payload(characters=None):
    return "".join("Q%sW" % one for one in (characters or CONTROLS + TRICKS + TURNING + UNSEEN))


def assert_tame(screen):
    """Only the renderer's own sequences have been written, and none of the letters' controls between its marks."""
    screen.settle()
    written = re.sub(rb"\x1b(\[[0-9;:?>!]*)?$", b"", bytes(screen.written))      # of which the end is still to come
    own = rb"\x1b(\[[0-9;:?>!]*[A-Za-z@`]|[()][A-Z0-9]|[78=>MDcE]|\]2;[^\x00-\x1f\x7f]*Malle\x1b\\|\\)"
    rest = re.sub(own, b"", written)
    assert b"\x1b" not in rest, "an escape of nobody's: %r" % re.findall(rb".{0,20}\x1b.{0,20}", rest)[:3]
    assert not set(rest) & (set(range(32)) - set(b"\r\n\b\t")) and 127 not in rest, sorted(set(rest) & set(range(32)))
    text = written.decode("utf-8")      # and it is UTF-8 throughout
    for one in [chr(c) for c in range(0x80, 0xA0)] + TURNING + UNSEEN:
        assert one not in text, "U+%04X reached the terminal" % ord(one)
    assert "Q\bW" not in text and "Q\tW" not in text, "a control of a letter moved the cursor"
    assert (screen.title or "Malle").endswith("Malle"), screen.title


# --- letters: every way to write a character

def word(charset, text, way="B"):
    """An encoded word (RFC 2047)."""
    raw = text.encode(charset, "surrogatepass")
    if way == "B":
        return "=?%s?B?%s?=" % (charset, base64.b64encode(raw).decode())
    return "=?%s?Q?%s?=" % (charset, "".join("=%02X" % byte for byte in raw))


def percent(text, charset="utf-8"):
    """A parameter's value (RFC 2231)."""
    return "%s''%s" % (charset, "".join("%%%02X" % byte for byte in text.encode(charset)))


LATIN = payload([c for c in CONTROLS if ord(c) < 256] + TRICKS)
WAYS = {    # of writing the same in a header
    "raw": payload().replace("\x00", ""),
    "B utf-8": word("utf-8", payload()),
    "Q utf-8": word("utf-8", payload(), "Q"),
    "Q latin-1": word("iso-8859-1", LATIN, "Q"),
    "Q windows-1252": word("windows-1252", payload([c for c in CONTROLS if ord(c) < 128] + TRICKS[:4]), "Q"),
    "B utf-7": word("utf-7", payload()),
    "Q utf-7": "=?utf-7?Q?%s?=" % "".join("Q+%s-W" % base64.b64encode(c.encode("utf-16-be")).decode().rstrip("=").replace("+", "=2B") for c in CONTROLS),
    "B utf-16": word("utf-16", payload()),
    "B utf-32": word("utf-32", payload()),
    "B iso-2022-jp": "=?iso-2022-jp?B?%s?=" % base64.b64encode(b"\x1b$B$3$s\x1b(BQ\x1b]0;OWNED\x07WQ\x1b[2JW").decode(),
    "B gb18030": word("gb18030", payload()),
    "B lying": "=?us-ascii?B?%s?=" % base64.b64encode(payload().encode() + b"Q\xffWQ\xc0\x9bWQ\x9b2JW").decode(),
    "B of a charset with controls": "=?utf-8\x1b[2J?B?%s?=" % base64.b64encode(payload().encode()).decode(),
    "B truncated": "=?utf-8?B?%s" % base64.b64encode(payload().encode()).decode()[:-3],
}
BODIES = {
    "7bit": ("utf-8", "8bit", payload().encode()),
    "qp": ("iso-8859-1", "quoted-printable", "".join("=%02X" % b for b in LATIN.encode("latin-1")).encode()),
    "base64": ("utf-8", "base64", base64.encodebytes(payload().encode())),
    "utf-7": ("utf-7", "7bit", payload().encode("utf-7")),
    "utf-16": ("utf-16", "base64", base64.encodebytes(payload().encode("utf-16"))),
    "iso-2022-jp": ("iso-2022-jp", "7bit", b"\x1b$B$3$s\x1b(BQ\x1b]0;OWNED\x07WQ\x1b[2JW"),
    "wrong": ("utf-8", "8bit", b"Q\x9b2JWQ\xff\xfeWQ\xc0\x80WQ\xed\xa0\x80W" + LATIN.encode("latin-1")),
    "unknown": ("x-nobody\x1b[2J", "8bit", LATIN.encode("latin-1")),
}


def fold(text, mark):
    """Long header lines are split; Dovecot takes them as they are."""
    return "%s %s" % (mark, text.replace("\r", "").replace("\n", ""))


def in_headers():
    for number, (name, written) in enumerate(WAYS.items()):
        mark = "H%02d" % number
        yield mark, ("Subject: %s\r\nFrom: %s <evil%d@example.org>\r\nTo: %s <to@example.org>\r\nCc: %s:a@example.org;\r\nReply-To: <%s@example.org>\r\n"
                     "List-Id: %s\r\nMessage-ID: <%s@x>\r\nX-%s: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                     "--b\r\n\r\nread %s\r\n--b\r\nContent-Type: application/x-%s; name=\"%s\"\r\nContent-Description: %s\r\n"
                     "Content-Disposition: attachment; filename=\"%s\"; filename*=%s\r\n\r\nx\r\n--b--\r\n" %
                     (fold(written, mark), written, number, written, written, written, written, written, "\x1b[2JQ\x9bW", written, mark, "\x1b[2J", written, written,
                      written, percent(payload()))).encode("utf-8", "surrogatepass")


def in_bodies():
    for number, (name, (charset, encoding, raw)) in enumerate(BODIES.items()):
        mark = "B%02d" % number
        yield mark, ("Subject: %s %s\r\nFrom: b@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"%s\"\r\n"
                     "Content-Transfer-Encoding: %s\r\n\r\n" % (mark, name, charset, encoding)).encode() + raw + b"\r\n"
    html = "".join("<p>Q&#%d;W Q&#x%x;W</p>" % (ord(c), ord(c)) for c in "".join(CONTROLS) + "".join(TURNING)) + payload()
    yield "B90", ("Subject: B90 html\r\nFrom: b@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<a href=\"http://x/%s\" "
                  "title=\"%s\">%s</a><img alt=\"%s\">" % (payload(), payload(), payload(), payload())).encode() + html.encode() + b"\r\n"
    yield "B91", (b"Subject: B91 uuencode\r\nFrom: b@example.org\r\n\r\nbegin 644 " + payload().encode() + b"\r\n#0V%T\r\n`\r\nend\r\n")
    yield "B92", (b"Subject: B92 a letter in a letter\r\nFrom: b@example.org\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nSubject: " +
                  payload().encode() + b"\r\nFrom: " + payload().encode() + b" <x@example.org>\r\n\r\n" + payload().encode() + b"\r\n")
    yield "B93", (b"Subject: B93 alternative\r\nFrom: b@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" + b"\x1b[2J" +
                  b"\"\r\n\r\n--\x1b[2J\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + payload().encode() + b"\r\n--\x1b[2J--\r\n")


def reads(mark):
    """The reader's first line, which is the subject: the list's rows have other columns before it."""
    return re.compile(r"(?m)(│ |^)%s\b" % mark)


def read_all(screen, marks):
    """Each letter: as it is read, with all its headers, its source, its parts."""
    screen.keys("Enter")
    for at, mark in enumerate(marks):
        screen.until(reads(mark))
        for keys, words in ((["Space"], None), (["h"], re.compile("(?i)received:|content-type:|subject:")), (["Esc", "h"], None), (["Esc", "h"], None), (["h"], None)):
            screen.keys(*keys)
            screen.settle()
        screen.keys("v")
        screen.until("Parts of")
        assert_tame(screen)
        screen.keys("q")
        screen.until(lambda s: "Parts of" not in s.text())
        if at + 1 < len(marks):
            screen.keys("k")
    assert_tame(screen)


def read_letters(letters_of):
    letters_of = list(letters_of)
    with Dovecot() as server:
        link = server.client()
        for number, (_, raw) in enumerate(letters_of):
            status, why = link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (28 - number), raw.replace(b"\0", b""))
            tap.equal(status, "OK", str(why))
        with Bag(server) as bag:
            with bag.screen(rows=50, columns=160) as screen:
                screen.until(letters_of[0][0])
                screen.until("q Quit")
                assert_tame(screen)
                read_all(screen, [mark for mark, _ in letters_of])
            # The same without a screen, as bytes: nothing but text and line ends.
            for arguments in (("search", "~A"), ("search", "--json", "~A"), ("journal",), ("sync",)):
                process = bag.start(*arguments)
                for said in process.communicate():
                    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", said.replace(b"\r", b"") if arguments == ("sync",) else said), (arguments, said)
                    for one in [chr(c) for c in range(0x80, 0xA0)] + TURNING:
                        assert one not in said.decode(), (arguments, "U+%04X" % ord(one))
            with open(os.path.join(bag.home, ".local", "state", "malle", "log"), "rb") as file:
                assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", file.read())


def test_headers():
    """subject, senders, lists, ids, header names, types, descriptions and file names in fourteen encodings"""
    read_letters(in_headers())


def test_bodies():
    """bodies in every transfer encoding and charset, HTML with entities, uuencode, letters in letters, boundaries"""
    read_letters(in_bodies())


# --- servers

def test_servers():
    """mailbox names and a server's words: in the side bar, in the status line, in messages, in commands without a screen"""
    names = ["Box%02d %s" % (number, text) for number, text in
             enumerate([payload(CONTROLS[:20]), payload(TRICKS), payload(TURNING), payload(UNSEEN), "Z" + "\u0301" * 300, "wide \u6f22\u5b57 \U0001f469\u200d\U0001f469\u200d\U0001f466"])]
    server = Liar(INBOX=letters(3))

    def listing(link, tag, rest):
        for name in names:
            raw = name.encode("utf-8")      # as servers of UTF8=ACCEPT write them, asked or not
            link.raw(b'* LIST (\\HasNoChildren) "/" {%d}\r\n' % len(raw) + raw + b"\r\n")
            shifted = name.encode("utf-7").decode().replace("+", "&").replace("/", ",") if "\n" not in name else "x"
            link.raw(b'* LIST () "/" {%d}\r\n' % len(shifted) + shifted.encode() + b"\r\n")
        link.send('* LIST () "/" INBOX', "* OK [ALERT] " + payload().replace("\n", ""), "* NO " + payload().replace("\n", ""), tag + " OK done")

    def refusing(link, tag, rest):
        link.send(tag + " NO [CANNOT] no, " + payload().replace("\n", "").replace("\r", ""))
    def selecting(link, tag, rest):
        if "INBOX" in rest:
            Liar.on_select(server, link, tag, rest)
        else:
            refusing(link, tag, rest)
    server.on_list, server.on_select = listing, selecting
    server.on_uid_store = server.on_create = server.on_status = refusing
    with ScriptedServer(server) as at:
        at.user, at.password = "test", "secret"
        with Bag(at) as bag:
            with bag.screen(rows=50, columns=160) as screen:
                screen.until("letter 3")
                screen.until("Box05")
                screen.keys("F")
                screen.until("no, Q")
                for line in ("create-mailbox New", "change-mailbox Box01", "logs", "journal"):
                    screen.keys(":")
                    screen.type(line)
                    screen.keys("Enter")
                    screen.settle()
                screen.keys(":")
                screen.type("change-mailbox Box")
                screen.keys("Tab", "Tab", "Tab")
                screen.settle()
                assert_tame(screen)
                for line in screen.lines():
                    assert len(line) <= screen.columns
            for command in ("sync", "doctor", "journal"):
                result = bag.try_run(command)
                said = result.out + result.err
                assert not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]", said), said
                for one in TURNING:
                    assert one not in said


# --- what is not a control and deceives all the same

def test_deceivers():
    """Mailsploit, names that hold addresses, several From fields, mixed scripts and targets that are not their text: all are told"""
    cases = [
        ("D00", "From: =?utf-8?B?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00?==?utf-8?Q?=0A?=@evil.example\r\n", None, "evil.example"),
        ("D01", 'From: "potus@whitehouse.example" <eve@evil.example>\r\n', None, "eve@evil.example"),
        ("D02", "From: Bank <a@bank.example>\r\nFrom: Eve <eve@evil.example>\r\n", None, "bank.example"),
        ("D03", "From: =?utf-8?Q?Bank_=3Cinfo=40bank.example=3E?= <eve@evil.example>\r\n", None, "eve@evil.example"),
        ("D04", "From: Bank <info@xn--80ak6aa92e.com>\r\n", None, "xn--80ak6aa92e.com"),
        ("D05", "From: b@example.org\r\nContent-Type: text/html\r\nMIME-Version: 1.0\r\n", '<a href="http://evil.example/">http://bank.example/</a>', "evil.example"),
        ("D06", "From: (a (nested) comment <bank@bank.example>) eve@evil.example\r\n", None, "eve@evil.example"),
    ]
    with Dovecot() as server:
        link = server.client()
        for number, (mark, fields, body, _) in enumerate(cases):
            text = fields + "Subject: %s\r\n\r\n%s\r\n" % (mark, body or "text of " + mark)
            tap.equal(link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (28 - number), text.encode())[0], "OK")
        with Bag(server) as bag, bag.screen(rows=40, columns=120) as screen:
            screen.until("D00")
            screen.keys("Enter")
            for at, (mark, _, _, told) in enumerate(cases):
                screen.until(reads(mark))
                screen.until(told)
                if at + 1 < len(cases):
                    screen.keys("k")
            assert_tame(screen)


def bombs():
    yield "X0", b"From: a@example.org\r\nMIME-Version: 1.0\r\n", b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(20000)), None
    yield "X1", b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", b"\r\n" + b"--b\r\n\r\nx\r\n" * 20000, None
    yield "X2", b"From: a@example.org\r\nTo: " + b", ".join(b"p%d@example.org" % i for i in range(20000)) + b"\r\n", b"\r\ntext\r\n", None
    yield "X3", b"From: a@example.org\r\nCc: " + b";" * 100000 + b"\r\n", b"\r\ntext\r\n", None
    yield "X4", b"From: a@example.org\r\nX-Words: " + b"=?utf-8?Q?x?= " * 20000 + b"\r\n", b"\r\ntext\r\n", None
    yield "X5", b"From: a@example.org\r\n" + b"X: y\r\n" * 200000, b"\r\ntext\r\n", "Shown in part"
    yield "X6", b"From: a@example.org\r\nContent-Type: text/html\r\nMIME-Version: 1.0\r\n", b"\r\n" + b"<div><table><tr><td>" * 20000 + b"deep\r\n", None


def test_bombs():
    """nesting, parts, addresses, groups, encoded words and header lines without end: the letters are listed, opened, said to be shown in part, and left"""
    with Dovecot() as server:
        link = server.client()
        cases = list(bombs())
        for number, (mark, head, body, _) in enumerate(cases):
            text = b"Subject: %s\r\n" % mark.encode() + head + body
            tap.equal(link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (28 - number), text)[0], "OK")
        with Bag(server) as bag, bag.screen(rows=40, columns=120) as screen:
            screen.until("X0")
            screen.keys("Enter")
            for at, (mark, _, _, told) in enumerate(cases):
                screen.until(reads(mark))
                screen.keys("h")
                screen.settle()
                if told:        # at the end of the fields that are shown
                    screen.until("X: y")
                    screen.keys("End")
                    screen.until(told)
                screen.keys("h")
                if at + 1 < len(cases):
                    screen.keys("k")
            assert_tame(screen)
            tap.at_most(screen.resident_kb(), 1500000, "kB of memory, sanitizer and all")


if __name__ == "__main__":
    tap.main()
