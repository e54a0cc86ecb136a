"""A server that says exactly what a test wants, byte by byte: for what real servers will not do.

    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1] hello")       # a line; CRLF is added
        tag = link.command("LOGIN")                          # waits for it, gives its tag
        link.send(tag + " OK in")
        tag, rest = link.command("UID FETCH", rest=True)
        link.raw(b"* 1 FETCH (BODY[] {100}\\r\\nhalf")         # ... and no more
        link.close()

    with ScriptedServer(script) as server:
        ... connect to server.port ...
        server.check()      # what the script found wrong is raised here (and when the block is left)

Each connection runs the script from its start, in a thread; a list of scripts serves the first connection
with the first, and so on, the last one for all that follow. For servers that answer the ordinary things
by themselves see Bare at the end, whose methods a test overrides one at a time.
"""

import re
import socket
import ssl
import struct
import threading

from support import tap


class Closed(Exception):
    """The client has closed the connection. A script may end so."""


class Link:
    def __init__(self, server, sock, number):
        self.server, self.socket, self.number = server, sock, number
        self.buffer = b""
        self.heard = []         # every line that the client has sent

    def raw(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError) as error:
            raise Closed() from error

    def send(self, *lines):
        """Several lines go out in one write."""
        self.raw("".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape"))

    def drip(self, data):
        """One byte a segment."""
        for at in range(len(data)):
            self.raw(data[at:at + 1])

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError, OSError) as error:
            raise Closed() from error
        if not data:
            raise Closed()
        self.buffer += data

    def line(self):
        """The next line of the client, without its CRLF."""
        while b"\r\n" not in self.buffer:
            self._more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        self.heard.append(line)
        return line.decode("utf-8", "surrogateescape")

    def octets(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def request(self):
        """The next command with its literals read in (in place of each stands its text): (tag, text)."""
        text = self.line()
        while True:
            found = re.search(r"\{(\d+)(\+?)\}$", text)
            if not found:
                break
            if not found.group(2):
                self.send("+ go on")
            literal = self.octets(int(found.group(1)))
            text = text[:found.start()] + literal.decode("utf-8", "surrogateescape") + self.line()
        tag, _, rest = text.partition(" ")
        return tag, rest

    def command(self, expected, rest=False):
        """Waits for one command, which has to begin with expected (upper and lower case are the same)."""
        tag, text = self.request()
        if not text.upper().startswith(expected.upper()):
            raise AssertionError("expected %s, got %r" % (expected, text))
        return (tag, text[len(expected):].strip()) if rest else tag

    def starttls(self):
        """Begins TLS here, with the server's certificate."""
        try:
            self.socket = self.server.context().wrap_socket(self.socket, server_side=True)
        except ConnectionError as error:
            raise Closed() from error
        self.buffer = b""

    def nothing_more(self):
        """Waits until the client closes; a byte from it is a failure."""
        if self.buffer:
            raise AssertionError("the client went on: %r" % self.buffer)
        try:
            self._more()
        except Closed:
            return
        raise AssertionError("the client went on: %r" % self.buffer)

    def hang(self):
        """Answers nothing, and reads nothing, until the server is stopped."""
        self.server.stopping.wait()
        raise Closed()

    def wait(self, event):
        """Waits for a threading.Event of the test."""
        while not event.wait(0.05):
            if self.server.stopping.is_set():
                raise Closed()

    def close(self):
        self.socket.close()
        raise Closed()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


class ScriptedServer:
    """script: a function of a Link, or a list of them. certificate: (certificate, key) paths, for TLS.
    tls=True speaks TLS from the first byte. versions: the (least, greatest) ssl.TLSVersion of it. address: where it listens."""

    def __init__(self, script, certificate=None, tls=False, address="127.0.0.1", versions=None):
        self.scripts = list(script) if isinstance(script, (list, tuple)) else [script]
        self.certificate, self.tls, self.address, self.versions = certificate, tls, address, versions
        self.stopping = threading.Event()
        self.links, self.errors, self.threads = [], [], []

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        if self.versions:
            context.set_ciphers("ALL:@SECLEVEL=0")      # OpenSSL refuses the old ones otherwise
            context.minimum_version, context.maximum_version = self.versions
        return context

    def __enter__(self):
        self.listener = socket.create_server((self.address, 0), family=socket.AF_INET6 if ":" in self.address else socket.AF_INET)
        self.port = self.listener.getsockname()[1]
        self._thread(self._accept)
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for link in list(self.links):
            try:
                link.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            link.socket.close()
        for thread in list(self.threads):
            thread.join(30)
        if kind is None:
            self.check()

    def check(self):
        if self.errors:
            raise self.errors[0]

    def until(self, count):
        """Waits until so many connections have come, and gives the last of them."""
        tap.wait_until(lambda: self.errors or len(self.links) >= count, "connection %d" % count)
        self.check()
        return self.links[count - 1]

    def _thread(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        while not self.stopping.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self, sock, len(self.links))
            self.links.append(link)
            self._thread(self._serve, link)

    def _serve(self, link):
        script = self.scripts[min(link.number, len(self.scripts) - 1)]
        try:
            if self.tls:
                link.starttls()
            script(link)
        except Closed:
            pass
        except ssl.SSLError:
            pass                # the client refused the certificate: the test looks at the client for that
        except BaseException as error:      # reported in the test's own thread
            if not self.stopping.is_set():
                self.errors.append(error)
        finally:
            try:
                link.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            link.socket.close()


class Bare:
    """A small IMAP server's answers as one script, to be bent: a command "UID FETCH" is answered by the method
    uid_fetch(link, tag, arguments), which a subclass overrides; what has no method is answered BAD.

    messages: a list of dictionaries with uid, flags (a set), body (bytes); None for a number that is gone."""

    capability = "IMAP4rev1"
    uidvalidity = 1

    def __init__(self, messages=()):
        self.messages = list(messages)
        self.commands = []

    def __call__(self, link):
        link.send("* OK [CAPABILITY %s] scripted" % self.capability)
        while True:
            tag, text = link.request()
            self.commands.append(text)
            words = text.split(" ", 1)
            name, arguments = words[0].lower(), words[1] if len(words) > 1 else ""
            if name == "uid":
                second, _, arguments = arguments.partition(" ")
                name = "uid_" + second.lower()
            method = getattr(self, "on_" + name, None)
            if method is None:
                link.send(tag + " BAD not here")
            else:
                method(link, tag, arguments)

    def on_capability(self, link, tag, _):
        link.send("* CAPABILITY " + self.capability, tag + " OK done")

    def on_login(self, link, tag, _):
        link.send(tag + " OK in")

    def on_noop(self, link, tag, _):
        link.send(tag + " OK done")

    def on_logout(self, link, tag, _):
        link.send("* BYE", tag + " OK done")
        link.close()

    def on_list(self, link, tag, _):
        link.send('* LIST (\\HasNoChildren) "/" INBOX', tag + " OK done")

    on_lsub = on_list

    def on_select(self, link, tag, _):
        uidnext = max([m["uid"] for m in self.messages], default=0) + 1
        link.send("* %d EXISTS" % len(self.messages), "* 0 RECENT", r"* FLAGS (\Seen \Deleted \Flagged \Answered \Draft)",
                  r"* OK [PERMANENTFLAGS (\Seen \Deleted \Flagged \Answered \Draft \*)]", "* OK [UIDVALIDITY %d]" %
                  self.uidvalidity, "* OK [UIDNEXT %d]" % uidnext, tag + " OK [READ-WRITE] selected")

    on_examine = on_select
