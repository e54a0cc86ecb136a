"""Logging in by POP3 on real servers: each mechanism that they have, under TLS and without; and the words of a refusal."""

import json

from support import tap
from support.popbag import PopBag, put, there
from support.servers.dovecot import Dovecot
from support.servers.table import each


def logged_in_by(server, security, names=("a",)):
    """By which mechanism, and what is there is fetched by it."""
    with PopBag(server, security=security, policy="leave") as bag:
        found = json.loads(bag.try_run("doctor", "--json").out)[0]
        tap.equal((found["error"], found["encrypted"]), (None, security != "pop3+insecure"))
        bag.sync()
        tap.equal(tuple(bag.files()), names)
        return found["mechanism"]


def test_dovecot():
    """each password mechanism of Dovecot, under TLS and, where the account says so, without it"""
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"):
        # With PLAIN beside it, by which another client can put a letter there; LOGIN is chosen only where there is nothing else.
        with Dovecot(mechanisms=mechanism.lower() + (" plain" if mechanism not in ("PLAIN", "LOGIN") else "")) as server:
            names = () if mechanism == "LOGIN" else ("a",)
            put(server, *names) if names else None
            for security in ("pop3s", "pop3+insecure"):
                tap.equal(logged_in_by(server, security, names), mechanism, security)


@each(only=("courier",))
def test_courier(server):
    """Courier: CRAM-MD5 in clear, PLAIN under TLS, where it offers no other"""
    put(server, "a")
    tap.equal((logged_in_by(server, "pop3+insecure"), logged_in_by(server, "pop3s")), ("CRAM-MD5", "PLAIN"))


@each(only=("mailutils",))
def test_mailutils(server):
    """GNU pop3d: USER and PASS, behind an APOP for which it has no secret"""
    put(server, "a")
    tap.equal((logged_in_by(server, "pop3+insecure"), logged_in_by(server, "pop3s")), ("USER", "USER"))


@each(only=("dovecot", "courier", "mailutils"))
def test_refused(server):
    """a wrong password: told in the server's words, by the class of the log-in, and nothing is fetched or lost"""
    put(server, "a")
    server.password, right = "wrong", server.password
    try:
        with PopBag(server, policy="delete") as bag:
            assert "refuses the login" in bag.sync(77).err
            found = json.loads(bag.try_run("doctor", "--json").out)[0]
            tap.equal((found["class"], bag.paths()), ("login", []))
    finally:
        server.password = right
    tap.equal(there(server), ["a"])


if __name__ == "__main__":
    tap.main()
