"""The tests' own tools, tested: a tool that does not do what it says hides what it should show."""

import imaplib
import os
import select
import socket
import ssl
import tempfile
import zlib

from support import tap
from support.certificates import Authority
from support.proxy import Proxy
from support.scripted_server import Bare, ScriptedServer
from support.screen import Screen
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils


def test_dovecot():
    """a private Dovecot starts, answers in clear and over TLS, freezes, thaws and is restarted"""
    with Dovecot() as server:
        link = server.client()
        tap.equal(link.append("INBOX", None, None, b"Subject: one\r\n\r\ntext\r\n")[0], "OK")
        tls = server.client(tls=True)
        tap.equal(tls.select("INBOX"), ("OK", [b"1"]))
        assert "COMPRESS=DEFLATE" in tls.capabilities or b"COMPRESS=DEFLATE" in tls.capability()[1][0]
        server.freeze()
        link.sock.settimeout(0.3)
        try:
            link.noop()
        except OSError:
            pass
        else:
            raise AssertionError("a frozen server answered")
        server.thaw()
        tap.equal(server.client().noop()[0], "OK")
        server.kill()
        server.start()
        tap.equal(server.client().select("INBOX"), ("OK", [b"1"]))


def test_proxy_counts():
    """the proxy counts bytes and flights, through COMPRESS too, and pipelined commands as one"""
    with Dovecot() as server, Proxy(server.port) as link:
        sock = socket.create_connection(("127.0.0.1", link.port))
        file = sock.makefile("rb")

        def until(start):
            while not file.readline().startswith(start):
                pass
        sent = []

        def send(data):
            sent.append(data)
            sock.sendall(data)
        until(b"* OK")
        link.reset()
        send(b"a LOGIN test secret\r\n")
        until(b"a OK")
        tap.equal(link.stats()["flights"], 1)
        # Three commands in one write are one flight; the literal's "+" costs one more.
        send(b"b SELECT INBOX\r\nc LIST \"\" *\r\nd APPEND INBOX {9}\r\n")
        until(b"+")
        send(b"A: b\r\n\r\nx\r\n")
        until(b"d OK")
        tap.equal(link.stats()["flights"], 3)
        # An IDLE that waits is no outstanding reply; its DONE, with what follows, is one flight.
        send(b"e IDLE\r\n")
        until(b"+ idling")
        tap.equal([link.stats()[k] for k in ("outstanding", "idling", "flights")], [0, 1, 4])
        send(b"DONE\r\nf NOOP\r\n")
        until(b"f OK")
        stats = link.stats()
        tap.equal([stats[k] for k in ("flights", "commands", "outstanding", "connections")], [5, 6, 0, 0])
        tap.equal(stats["up"], len(b"".join(sent)))
        send(b"g COMPRESS DEFLATE\r\n")
        until(b"g OK")
        packer = zlib.compressobj(wbits=-15)
        sock.sendall(packer.compress(b"h NOOP\r\ni NOOP\r\n") + packer.flush(zlib.Z_SYNC_FLUSH))
        link.until(lambda s: s["commands"] == 9 and s["outstanding"] == 0, "the compressed commands are answered")
        tap.equal(link.stats()["flights"], 7)
        sock.close()


def test_proxy_is_a_bad_network():
    """the proxy freezes, cuts after a byte, refuses and takes again"""
    def script(link):
        link.send("* OK hello")
        while True:
            link.send(link.command("NOOP") + " OK")

    with ScriptedServer(script) as server, Proxy(server.port) as link:
        sock = socket.create_connection(("127.0.0.1", link.port))
        tap.equal(sock.recv(100), b"* OK hello\r\n")
        link.freeze()
        sock.sendall(b"a NOOP\r\n")
        tap.equal(select.select([sock], [], [], 0.1)[0], [])
        link.thaw()
        tap.equal(sock.recv(100), b"a OK\r\n")
        link.cut_after_down(3)
        sock.sendall(b"b NOOP\r\n")
        tap.equal(sock.makefile("rb").read(), b"b O")
        link.refuse()
        try:
            socket.create_connection(("127.0.0.1", link.port))
        except ConnectionRefusedError:
            pass
        else:
            raise AssertionError("it was not refused")
        link.accept()
        link.rate(200)
        sock = socket.create_connection(("127.0.0.1", link.port))
        tap.equal(sock.makefile("rb").readline(), b"* OK hello\r\n")
        link.cut()
        try:
            tap.equal(sock.recv(1), b"")
        except ConnectionResetError:
            pass


def test_scripted_server():
    """what a script finds wrong reaches the test; TLS begins at any line"""
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(directory)

        def script(link):
            link.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello")
            link.send(link.command("STARTTLS") + " OK")
            link.starttls()
            link.send(link.command("CAPABILITY") + " OK")

        def client(server, first):
            sock = socket.create_connection(("127.0.0.1", server.port))
            tap.equal(sock.recv(100)[:4], b"* OK")
            sock.sendall(first)
            if sock.recv(100) != b"a OK\r\n":
                return b""
            sock = ssl.create_default_context(cafile=authority.certificate).wrap_socket(sock, server_hostname="localhost")
            sock.sendall(b"b CAPABILITY\r\n")
            return sock.recv(100)

        with ScriptedServer(script, certificate=authority.server()) as server:
            tap.equal(client(server, b"a STARTTLS\r\n"), b"b OK\r\n")
            server.check()
            tap.equal(client(server, b"a LOGIN x y\r\n"), b"")
            tap.wait_until(lambda: server.errors, "the script's objection")
            try:
                server.check()
            except AssertionError as error:
                assert "expected STARTTLS" in str(error)
                server.errors.clear()
            else:
                raise AssertionError("the script's objection was lost")


def test_bare_script():
    """the bendable script serves a whole session"""
    with ScriptedServer(Bare([{"uid": 7, "flags": set(), "body": b"x"}])) as server:
        link = imaplib.IMAP4("127.0.0.1", server.port)
        link.login("a", "b")
        tap.equal(link.select(), ("OK", [b"1"]))
        link.logout()


def test_mailutils():
    """GNU imap4d starts and is as bare as it should be"""
    with Mailutils() as server:
        link = server.client()
        tap.equal(link.append("INBOX", None, None, b"Subject: one\r\n\r\ntext\r\n")[0], "OK")
        tap.equal(link.select("INBOX"), ("OK", [b"1"]))
        announced = link.capability()[1][0].split()
        for extension in (b"UIDPLUS", b"MOVE", b"SPECIAL-USE", b"COMPRESS=DEFLATE", b"CONDSTORE"):
            assert extension not in announced


def test_screen():
    """keys go to a program in a pseudo-terminal, and its cells, colours, cursor, size and end are read"""
    program = ("read a; printf '\\033[2;5H\\033[1;31m%s\\033[0m' \"$a\"; read b; stty size; read c; exit 7")
    with Screen(["sh", "-c", program], rows=10, columns=40) as screen:
        screen.keys("h", "é", "Enter")
        screen.until(lambda s: s.line(1).strip() == "hé")
        cell = screen.cell(1, 4)
        tap.equal((cell.data, cell.fg, cell.bold), ("h", "red", True))
        tap.equal(screen.cursor, (1, 6))
        screen.resize(20, 100)
        screen.keys("Enter")
        screen.until("20 100")
        screen.keys("Enter")
        tap.equal(screen.until_end(), 7)
    with Screen(["sh", "-c", "exec sleep 1000"]) as screen:
        pid = screen.pid
    tap.wait_until(lambda: not os.path.exists("/proc/%d" % pid), "the program's end")


if __name__ == "__main__":
    tap.main()
