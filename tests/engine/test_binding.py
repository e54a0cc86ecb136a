"""Logging in bound to the TLS connection (SCRAM-…-PLUS): the server here computes the real exchange (RFC 5802, 5929, 9266), because Dovecot 2.3
has no -PLUS and Cyrus binds TLS 1.3 by what does not exist there."""

import base64
import ctypes
import hashlib
import hmac
import os
import ssl
import tempfile

from driver import Driver
from liar import Liar
from support import tap
from support.certificates import Authority
from support.scripted_server import ScriptedServer

STOPPED = 4
SALT, ROUNDS, PASSWORD = b"a salt of the test", 4096, b"secret"


def exporter(sock):
    """tls-exporter (RFC 9266): Python has no call for it, so OpenSSL is asked about the connection that Python has."""
    library = ctypes.CDLL("libssl.so.3")
    library.SSL_version.argtypes = [ctypes.c_void_p]
    library.SSL_export_keying_material.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
                                                   ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    # PyObject_HEAD, the weak reference to the socket, and then the SSL that is looked for.
    handle = ctypes.c_void_p.from_address(id(sock._sslobj) + 2 * ctypes.sizeof(ctypes.c_void_p) + ctypes.sizeof(ctypes.c_void_p)).value
    tap.equal(library.SSL_version(handle), 0x0304, "not the SSL of this connection")
    out = ctypes.create_string_buffer(32)
    label = b"EXPORTER-Channel-Binding"
    tap.equal(library.SSL_export_keying_material(handle, out, 32, label, len(label), b"", 0, 1), 1)
    return out.raw


def binding(link):
    if link.socket.version() == "TLSv1.3":
        return "tls-exporter", exporter(link.socket)
    return "tls-unique", link.socket.get_channel_binding("tls-unique")


class ScramServer(Liar):
    """Knows the password, and judges the binding as RFC 5802 §6 says. What it was offered stands in headers and mechanisms."""

    def __init__(self, mechanisms, hears=binding, has_plus=True, **boxes):
        super().__init__("IMAP4rev1 SASL-IR " + " ".join("AUTH=" + name for name in mechanisms), **boxes)
        self.hears, self.has_plus = hears, has_plus
        self.headers, self.mechanisms = [], []

    def on_authenticate(self, link, tag, rest):
        mechanism, _, initial = rest.partition(" ")
        self.mechanisms.append(mechanism)
        if not mechanism.startswith("SCRAM-"):
            link.send(tag + " NO [AUTHENTICATIONFAILED] no")
            return
        name = "sha256" if "256" in mechanism else "sha1"

        def mac(key, text):
            return hmac.new(key, text, name).digest()

        first = base64.b64decode(initial)
        header, bare = first[:first.index(b",", first.index(b",") + 1) + 1], first[first.index(b",", first.index(b",") + 1) + 1:]
        self.headers.append(header.decode())
        nonce = bare.split(b"r=")[1] + b"of-the-server"
        server_first = b"r=" + nonce + b",s=" + base64.b64encode(SALT) + b",i=%d" % ROUNDS
        link.send("+ " + base64.b64encode(server_first).decode())
        final = base64.b64decode(link.line())
        without, _, proof = final.rpartition(b",p=")
        said = base64.b64decode(without.split(b",")[0][2:])
        kind, data = self.hears(link)
        error = None
        if header.startswith(b"p="):
            if header != b"p=%s,," % kind.encode() or said != header + data:
                error = b"e=channel-bindings-dont-match"
        elif said != header:
            error = b"e=channel-bindings-dont-match"
        elif header.startswith(b"y") and self.has_plus:
            error = b"e=server-does-support-channel-binding"
        if error:
            link.send("+ " + base64.b64encode(error).decode())
            link.line()
            link.send(tag + " NO no")
            return
        salted = hashlib.pbkdf2_hmac(name, PASSWORD, SALT, ROUNDS)
        client_key = mac(salted, b"Client Key")
        message = bare + b"," + server_first + b"," + without
        signature = mac(hashlib.new(name, client_key).digest(), message)
        assert bytes(a ^ b for a, b in zip(client_key, signature)) == base64.b64decode(proof), "the proof is wrong"
        verifier = mac(mac(salted, b"Server Key"), message)
        link.send("+ " + base64.b64encode(b"v=" + base64.b64encode(verifier)).decode())
        tap.equal(link.line(), "")
        link.send(tag + " OK in")


class Tls12(ScriptedServer):
    def context(self):
        context = super().context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context


def run(server, kind=ScriptedServer, do=lambda engine: engine("online")):
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-binding-"))
    authority = Authority(os.path.join(directory, "tls"))
    with kind(server, certificate=authority.server(), tls=True) as at, \
            Driver(at.port, scheme="imaps", host="localhost", settings="ca-file = %s\n" % authority.certificate) as engine:
        do(engine)


def test_bound_to_tls_1_3():
    """TLS 1.3: bound by tls-exporter, with SHA-256 and with SHA-1, before all that is not bound"""
    for mechanism in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"):
        server = ScramServer(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-1", mechanism], INBOX=[])
        run(server)
        tap.equal((server.mechanisms, server.headers), ([mechanism], ["p=tls-exporter,,"]))


def test_bound_to_tls_1_2():
    """TLS 1.2: bound by tls-unique"""
    server = ScramServer(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], INBOX=[])
    run(server, Tls12)
    tap.equal((server.mechanisms, server.headers), (["SCRAM-SHA-256-PLUS"], ["p=tls-unique,,"]))


def test_binding_that_does_not_match():
    """a server at the end of another connection: the bound log-in fails there, and one more try is made, unbound and by a proof"""
    server = ScramServer(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"], hears=lambda link: ("tls-exporter", b"of another connection"), INBOX=[])
    run(server)
    tap.equal(server.mechanisms, ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
    tap.equal(server.headers, ["p=tls-exporter,,", "n,,"])


def test_offer_taken_out():
    """somebody on the way takes -PLUS out of the list: the server notices by "y", and no weaker log-in follows"""
    server = ScramServer(["SCRAM-SHA-256", "PLAIN", "LOGIN"], INBOX=[])
    run(server, do=lambda engine: engine("state", STOPPED))
    tap.equal((server.mechanisms, server.headers), (["SCRAM-SHA-256"], ["y,,"]))
    tap.equal(server.sent("LOGIN"), [])


def test_no_plus_anywhere():
    """a server that has no -PLUS takes "y" as it is meant"""
    server = ScramServer(["SCRAM-SHA-256", "PLAIN"], has_plus=False, INBOX=[])
    run(server)
    tap.equal((server.mechanisms, server.headers), (["SCRAM-SHA-256"], ["y,,"]))


if __name__ == "__main__":
    tap.main()
