"""net/ and sasl/ against a real Dovecot: every mechanism, STARTTLS, resumption, compression."""

import os
import subprocess

from support import tap
from support.servers.dovecot import Dovecot

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")


def probe(server, security, mechanism, *more, password=None, ca_file=None, host="localhost"):
    port = server.tls_port if security == "tls" else server.port
    result = subprocess.run(
        [os.path.join(tap.build_dir(), "tests", "net", "probe"), host, str(port), security,
         server.ca_file if ca_file is None else ca_file, server.user, password or server.password, mechanism, *more],
        stdout=subprocess.PIPE, check=True)
    lines = []
    for line in result.stdout.decode().splitlines():
        line, _, failed = line.partition(" failed=")
        lines.append(dict(word.split("=", 1) for word in line.split()))
        lines[-1]["failed"] = failed
    return lines


def server():
    if not hasattr(server, "running"):
        # Wrong passwords are part of the test: no waiting for them.
        server.running = tap.keep(Dovecot(extra="auth_failure_delay = 0\n"
                                          "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n"))
    return server.running


def test_mechanisms():
    """each mechanism logs in over TLS, and does not with a wrong password"""
    for mechanism in MECHANISMS:
        good, = probe(server(), "tls", mechanism)
        tap.equal((good["login"], good["failed"]), ("yes", ""), mechanism)
        bad, = probe(server(), "tls", mechanism, password="wrong")
        tap.equal(bad["login"], "no", mechanism)
        assert bad["failed"], mechanism


def test_starttls():
    """STARTTLS, and a login behind it"""
    answer, = probe(server(), "starttls", "SCRAM-SHA-256")
    tap.equal((answer["login"], answer["failed"]), ("yes", ""))
    assert answer["version"] in ("TLSv1.2", "TLSv1.3"), answer


def test_resumed():
    """the second connection resumes the first one's TLS session and is cheaper"""
    first, second, third = probe(server(), "tls", "PLAIN", "times", "3")
    tap.equal([line["login"] for line in (first, second, third)], ["yes"] * 3)
    tap.equal([line["resumed"] for line in (first, second, third)], ["no", "yes", "yes"])
    assert int(second["wire_down"]) < int(first["wire_down"]), (first, second)
    tap.equal(first["setup"], "2", "round trips before the greeting: TCP, TLS 1.3")


def test_compressed():
    """20,000 commands in one go through COMPRESS=DEFLATE over TLS: nobody stops, and both ways shrink"""
    answer, = probe(server(), "tls", "PLAIN", "compress")
    tap.equal((answer["login"], answer["failed"]), ("yes", ""))
    assert int(answer["payload_up"]) > 1000000, answer
    assert int(answer["payload_down"]) > 1000000, answer
    assert int(answer["wire_up"]) * 10 < int(answer["payload_up"]), answer
    assert int(answer["wire_down"]) * 5 < int(answer["payload_down"]), answer


def test_not_trusted():
    """without the authority's file nothing is sent, neither over TLS nor behind STARTTLS"""
    answer, = probe(server(), "tls", "PLAIN", ca_file="")
    tap.equal(answer["login"], "no")
    assert "not trusted" in answer["failed"], answer
    answer, = probe(server(), "starttls", "PLAIN", ca_file="")
    tap.equal(answer["login"], "no")
    assert "not trusted" in answer["failed"], answer


tap.main()
