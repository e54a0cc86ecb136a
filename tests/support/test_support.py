"""The tests' own tools, tested: a tool that does not do what it says hides what it should show."""

from support import tap
from support.servers.dovecot import Dovecot


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


if __name__ == "__main__":
    tap.main()
