"""SCRAM with channel binding, against a server that does both halves of it honestly, or not."""

import base64
import hashlib
import hmac
import json
import os
import ssl
import tempfile

from support import tap
from support.bag import Bag
from support.certificates import Authority
from support.scripted_server import Bare, ScriptedServer

PASSWORD = "pencil"
ITERATIONS = 4096


def field(message, name):
    return dict(part.split("=", 1) for part in message.split(","))[name]


class Scram(Bare):
    """An IMAP server with SCRAM-SHA-256(-PLUS). binding: the kind of channel binding that it knows; proof=False: it says yes to
    everybody and proves nothing."""

    def __init__(self, plus=True, binding="tls-unique", proof=True):
        super().__init__()
        self.capability = "IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256" + (" AUTH=SCRAM-SHA-256-PLUS" if plus else "")
        self.binding, self.proof, self.headers = binding, proof, []

    def on_authenticate(self, link, tag, arguments):
        name, first = arguments.split(" ")
        first = base64.b64decode(first).decode()
        header, bare = ",".join(first.split(",")[:2]) + ",", first.split(",", 2)[2]
        self.headers.append((name, header))
        if not self.proof:
            link.send(tag + " OK welcome")
            return
        salt, nonce = os.urandom(16), field(bare, "r") + "server"
        reply = "r=%s,s=%s,i=%d" % (nonce, base64.b64encode(salt).decode(), ITERATIONS)
        link.send("+ " + base64.b64encode(reply.encode()).decode())
        final = base64.b64decode(link.line()).decode()
        channel = b""
        if header.startswith("p="):
            if header != "p=%s,," % self.binding:
                link.send(tag + " NO [AUTHENTICATIONFAILED] unsupported channel binding")
                return
            channel = link.socket.get_channel_binding(self.binding)
        expected = base64.b64encode(header.encode() + channel).decode()
        if field(final, "c") != expected or field(final, "r") != nonce:
            link.send(tag + " NO [AUTHENTICATIONFAILED] channel bindings do not match")
            return
        without_proof = final[:final.rindex(",p=")]
        salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, ITERATIONS)
        message = ",".join((bare, reply, without_proof)).encode()
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client_key).digest(), message, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        if base64.b64decode(final[final.rindex(",p=") + 3:]) != proof:
            link.send(tag + " NO [AUTHENTICATIONFAILED] wrong password")
            return
        verifier = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        link.send("+ " + base64.b64encode(b"v=" + base64.b64encode(verifier)).decode())
        tap.equal(link.line(), "")
        link.send(tag + " OK in")


class Server(ScriptedServer):
    """Over TLS, up to the version that a test names."""

    def __init__(self, script, directory, version):
        authority = Authority(directory)
        super().__init__(script, certificate=authority.server(), tls=True)
        self.ca_file, self.version, self.user, self.password = authority.certificate, version, "user", PASSWORD

    @property
    def tls_port(self):
        return self.port

    def context(self):
        context = super().context()
        context.maximum_version = self.version
        return context


def doctor(script, version, password=PASSWORD):
    """What malle doctor finds."""
    with tempfile.TemporaryDirectory() as directory, Server(script, directory, version) as server:
        server.password = password
        with Bag(server, security="imaps") as bag:
            return json.loads(bag.try_run("doctor", "--json").out)[0]


def test_bound():
    """TLS 1.2: the login is bound by tls-unique, and both ends agree on it"""
    script = Scram()
    found = doctor(script, ssl.TLSVersion.TLSv1_2)
    tap.equal((found["ok"], found["mechanism"]), (True, "SCRAM-SHA-256-PLUS"), found)
    tap.equal(script.headers, [("SCRAM-SHA-256-PLUS", "p=tls-unique,,")])


def test_unknown_binding():
    """a server that offers -PLUS and does not know the binding of TLS 1.3 is logged in to without it"""
    script = Scram()
    found = doctor(script, ssl.TLSVersion.TLSv1_3)
    tap.equal((found["ok"], found["mechanism"]), (True, "SCRAM-SHA-256"), found)
    tap.equal(script.headers, [("SCRAM-SHA-256-PLUS", "p=tls-exporter,,"), ("SCRAM-SHA-256", "n,,")])


def test_offer_taken_out():
    """where no -PLUS is offered, the server is told that it could have been"""
    script = Scram(plus=False)
    found = doctor(script, ssl.TLSVersion.TLSv1_3)
    tap.equal((found["ok"], found["mechanism"]), (True, "SCRAM-SHA-256"), found)
    tap.equal(script.headers, [("SCRAM-SHA-256", "y,,")])


def test_wrong_password():
    """a wrong password is refused, and said to be; the password itself is shown to nobody"""
    script = Scram()
    found = doctor(script, ssl.TLSVersion.TLSv1_2, password="wrong")
    tap.equal(found["ok"], False)
    assert not any(command.upper().startswith("LOGIN") for command in script.commands), script.commands
    assert "wrong" not in " ".join(script.commands), script.commands


def test_impostor():
    """a server that says yes without proving that it knows the password is left, and nothing more is said to it"""
    script = Scram(proof=False)
    found = doctor(script, ssl.TLSVersion.TLSv1_3)
    tap.equal(found["ok"], False)
    tap.equal([c.split(" ")[0] for c in script.commands if not c.startswith("CAPABILITY")], ["AUTHENTICATE"])


def test_sync():
    """malle itself logs in the same way as its doctor"""
    script = Scram()
    with tempfile.TemporaryDirectory() as directory, Server(script, directory, ssl.TLSVersion.TLSv1_3) as server:
        with Bag(server, security="imaps") as bag:
            bag.try_run("sync")     # this server can do little else; how far it gets is not the question here
    tap.equal(script.headers[:2], [("SCRAM-SHA-256-PLUS", "p=tls-exporter,,"), ("SCRAM-SHA-256", "n,,")])
    assert any(c.upper().startswith(("LIST", "SELECT", "LSUB")) for c in script.commands), script.commands


tap.main()
