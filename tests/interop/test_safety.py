"""What comes from outside reaches the terminal only as text: letters that try everything, through a real server, on a
real screen."""

import os
import re
import sys

from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import day  # noqa: E402

ESCAPES = "\x1b]0;PWNED\x07\x1b[31mRED\x1b[2J\x9b31m\x08\x08\x7f\x0e\x05"
BIDI = "\u202egnp.exe\u202c\u2066x\u2069\u200f"


def encoded(text):
    import base64
    return "=?utf-8?B?%s?=" % base64.b64encode(text.encode()).decode()


LETTERS = [
    ("escapes in the subject", "Subject: %s\r\nFrom: %s <a@example.org>\r\n\r\nplain\r\n" %
     (encoded("One " + ESCAPES), encoded("Eve" + ESCAPES))),
    ("escapes in the body", "Subject: Two body\r\nFrom: b@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
     "before %s after %s\r\n" % (ESCAPES, BIDI)),
    ("escapes behind quoted-printable", "Subject: Three qp\r\nFrom: c@example.org\r\nMIME-Version: 1.0\r\nContent-Type: "
     "text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=1B]0;PWNED=07=1B[31mRED=9B31m"
     "=1B[2J\r\n"),
    ("escapes in html", "Subject: Four html\r\nFrom: d@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/html; "
     "charset=utf-8\r\n\r\n<p>&#27;]0;PWNED&#7;&#27;[31mRED&#155;31m <b>bold</b> &#8238;gnp.exe</p>\r\n"),
    ("escapes in a file name", "Subject: Five file\r\nFrom: e@example.org\r\nMIME-Version: 1.0\r\nContent-Type: "
     "multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n--x\r\n"
     "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''"
     "%1B%5D0%3BPWNED%07%1B%5B31mRED%E2%80%AEgnp.exe\r\n\r\nx\r\n--x--\r\n"),
    ("bidi in the subject", "Subject: %s\r\nFrom: f@example.org\r\n\r\nx\r\n" % encoded("Six " + BIDI)),
    ("a zoo of combining marks", "Subject: %s\r\nFrom: g@example.org\r\n\r\nx\r\n" % encoded("Seven e" + "\u0301" * 200)),
]


def judge(screen):
    written = bytes(screen.written)
    assert b"PWNED\x07" not in written and b"\x1b]0;PWNED" not in written, "an OSC of a letter reached the terminal"
    assert b"\x1b[31mRED" not in written, "a colour of a letter reached the terminal"
    text = written.decode("utf-8", "replace")
    bad = re.findall("[\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert not bad, "control characters reached the terminal: %r" % sorted(set(bad))
    assert "\x7f" not in text and "\x05" not in text
    assert screen.title is None or "PWNED\x07" not in screen.title
    # Nothing is lost either: rows are as long as they are, and the frame stands.
    for line in screen.lines():
        assert len(line) <= screen.columns


def test_letters():
    """letters full of escape sequences and overrides are listed, read, shown with all headers and as source"""
    with Dovecot() as server:
        link = server.client()
        for number, (_, text) in enumerate(LETTERS):
            status, _ = link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (number + 1), text.encode())
            tap.equal(status, "OK")
        with Bag(server) as bag, bag.screen(rows=40, columns=120) as screen:
            screen.until("Seven")
            screen.until("One")
            judge(screen)
            for name, body in (("Two body", "before"), ("Three qp", "RED"), ("Four html", "bold"), ("Five file", "see the file")):
                day.go_to(screen, name)
                screen.keys("Enter")
                screen.until(body)
                judge(screen)
                screen.keys("h")        # all headers
                screen.until("Content-Type" if "body" in name else "From:")
                judge(screen)
                screen.keys("h", "q")
                screen.until("q Quit")
            day.command(screen, "wire")
            screen.until(re.compile("round trips"))
            judge(screen)


if __name__ == "__main__":
    tap.main()
