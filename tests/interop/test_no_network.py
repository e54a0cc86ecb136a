"""Rendering never touches the network: not a packet and not a name asked for, whatever a letter points to. Told by a listener that nobody
visits, by the list of the program's system calls, and by rendering where there is no network at all."""

import os
import re
import socket
import tempfile
import threading

from support import netns, tap
from support.bag import Bag
from support.screen import Screen
from support.servers.dovecot import Dovecot

HTML = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML" "{u}dtd"><html manifest="{u}manifest"><head><base href="{u}"><meta http-equiv="refresh" content="0;url={u}refresh">
<link rel="stylesheet" href="{u}css"><link rel="dns-prefetch" href="//prefetch.{host}"><link rel="preconnect" href="{u}"><link rel="icon" href="{u}ico">
<script src="{u}js"></script><script>fetch("{u}fetch")</script><style>@import url({u}import); body{{background:url({u}bg)}} @font-face{{src:url({u}font)}}</style></head>
<body background="{u}body" onload="fetch('{u}')"><p>the letter {mark}</p><img src="{u}img"><img srcset="{u}set 2x"><img src="cid:part@x"><img src="file:///etc/passwd">
<picture><source srcset="{u}source"></picture><iframe src="{u}frame"></iframe><object data="{u}object"></object><embed src="{u}embed"><video poster="{u}poster" src="{u}video">
</video><audio src="{u}audio"></audio><svg><image href="{u}svg"/><use href="{u}use#x"/></svg><form action="{u}form"><input type="image" src="{u}input"></form>
<table background="{u}table"><tr><td style="background-image:url('{u}td')">x</td></tr></table><a href="{u}link" ping="{u}ping">a link</a>
<div style="list-style:url({u}list); content:url({u}content)">x</div><math href="{u}math"></math></body></html>"""


def letter(mark, url, kind):
    fields = ("Subject: %s\r\nFrom: a@example.org\r\nMIME-Version: 1.0\r\nDisposition-Notification-To: <%s@example.org>\r\n"
              "List-Unsubscribe: <%sunsubscribe>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nX-Image-URL: %sface\r\nContent-Base: %s\r\n" % (mark, mark, url, url, url))
    html = HTML.format(u=url, host="test", mark=mark)
    if kind == "html":
        return fields + "Content-Type: text/html; charset=utf-8\r\n\r\n" + html
    if kind == "related":
        return (fields + "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: %s\r\n\r\n%s\r\n--b\r\nContent-Type: image/png\r\n"
                "Content-ID: <part@x>\r\nContent-Location: %spng\r\n\r\nx\r\n--b--\r\n" % (url, html, url))
    return (fields + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nthe letter %s %stext\r\n--b\r\nContent-Type: message/external-body; "
            "access-type=URL; URL=\"%sexternal\"\r\n\r\nContent-Type: text/plain\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"%s\"\r\n\r\n%s\r\n"
            "--b--\r\n" % (mark, url, url, url, html))


KINDS = ("html", "related", "mixed")


class Listener:
    """A port that counts its visitors."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/" % self.socket.getsockname()[1]
        self.visitors = []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def _accept(self):
        while True:
            try:
                self.visitors.append(self.socket.accept())
            except OSError:
                return

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def read(screen):
    screen.until("N0")
    screen.keys("Enter")
    for number in range(len(KINDS)):
        screen.until("the letter N%d" % number)
        screen.keys("h", "h", "v")
        screen.until("Parts of")
        screen.keys("q")
        screen.until(lambda s: "Parts of" not in s.text())
        if number + 1 < len(KINDS):
            screen.keys("k")


def test_whole_program():
    """letters that point everywhere are read: of all the program's connections none goes anywhere but to the mail server"""
    strace = tap.need_program("strace")
    with Dovecot() as server, Listener() as listener:
        link = server.client()
        for number, kind in enumerate(KINDS):
            text = letter("N%d" % number, listener.url, kind)
            tap.equal(link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (28 - number), text.encode())[0], "OK")
        with Bag(server) as bag:
            calls = os.path.join(bag.home, "calls")
            arguments = [strace, "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg,bind", "-o", calls, tap.program()]
            # A process that is watched cannot look for leaks.
            with Screen(arguments, home=bag.home, cwd=bag.home, rows=50, columns=120, environment={"ASAN_OPTIONS": "detect_leaks=0"}) as screen:
                read(screen)
                screen.keys("q", "q")
                screen.until_end()
            with open(calls) as file:
                lines = file.readlines()
        tap.equal(listener.visitors, [])
        connections = [line for line in lines if "connect(" in line and "AF_UNIX" not in line]
        ours = [line for line in connections if "htons(%d)" % server.port in line and "127.0.0.1" in line]
        assert ours, "no connection to the mail server was seen: the test sees nothing\n" + "".join(lines)
        tap.equal([line for line in connections if line not in ours], [])
        named = [line for line in lines if re.search(r"htons\((53|5353|5355)\)", line)]
        tap.equal(named, [], "a name was asked for")


def test_without_a_network():
    """kept letters are listed and read where there is no network at all"""
    with Dovecot() as server:
        link = server.client()
        for number, kind in enumerate(KINDS):
            link.append("INBOX", None, '"%02d-Jan-2024 10:00:00 +0000"' % (28 - number), letter("N%d" % number, "http://127.0.0.1:9/", kind).encode())
        with Bag(server) as bag:
            with bag.screen(rows=50, columns=120) as screen:
                read(screen)                # their texts are here from now on

            def alone():
                netns.network("link", "set", "lo", "down")
                with bag.screen("--offline", rows=50, columns=120) as screen:
                    read(screen)
            netns.apart(alone)


def test_demonstration():
    """the demonstration makes no connection, and asks for no name"""
    strace = tap.need_program("strace")
    with tempfile.TemporaryDirectory() as home:
        calls = os.path.join(home, "calls")
        with Screen([strace, "-f", "-qq", "-e", "trace=socket,connect", "-o", calls, tap.program(), "--demo"], home=home, environment={"ASAN_OPTIONS": "detect_leaks=0"}) as screen:
            screen.until("Facture 2043")
            screen.keys("Enter")
            for _ in range(10):
                screen.until("From:")
                screen.keys("k")
            screen.settle()
            screen.keys("q", "q")
            screen.until_end()
        with open(calls) as file:
            tap.equal([line for line in file if "AF_INET" in line], [])


if __name__ == "__main__":
    tap.main()
