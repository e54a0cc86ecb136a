"""Where the private submission servers of the tests relay to: it takes every letter and keeps it.

    with Sink() as sink:
        sink.port
        sink.refuse["nobody@example.org"] = "550 5.1.1 No such person"      # said to RCPT
        letter = sink.wait(1)[0]
        letter.sender, letter.recipients, letter.parameters, letter.octets

It is the end of the road and no server that Malle speaks to: it offers what lets a relay pass a letter on as
it came (8BITMIME, SMTPUTF8, CHUNKING, BINARYMIME), and does nothing on its own.
"""

import socketserver
import threading

from support import tap

_OFFERS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "ENHANCEDSTATUSCODES", "SIZE 1000000000")


class Letter:
    def __init__(self, sender, recipients, parameters, octets):
        self.sender, self.recipients, self.parameters, self.octets = sender, recipients, parameters, octets

    def __repr__(self):
        return "Letter(%r to %r, %d octets)" % (self.sender, self.recipients, len(self.octets))


def _path(argument):
    """FROM:<a@b> PARAMETERS: the address, and what follows it."""
    inner = argument.partition(b"<")[2]
    address, _, rest = inner.partition(b">")
    return address.decode(), rest.decode().strip()


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            self._converse()
        except OSError:
            pass            # a server that is being ended

    def _say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def _converse(self):
        self._say("220 sink.example ESMTP")
        self._forget()
        while True:
            line = self.rfile.readline(65536)
            if not line:
                return
            verb, _, argument = line.rstrip(b"\r\n").partition(b" ")
            verb = verb.upper().decode(errors="replace")
            answer = getattr(self, "_" + verb.lower(), None) if verb.isalpha() else None
            if answer is None:
                self._say("500 5.5.2 Unknown command")
            elif answer(argument) == "end":
                return

    def _forget(self):
        self.sender, self.recipients, self.parameters, self.pieces = None, [], [], []

    def _ehlo(self, _):
        for offer in _OFFERS[:-1]:
            self._say("250-" + offer) if offer != _OFFERS[0] else self._say("250-sink.example\r\n250-" + offer)
        self._say("250 " + _OFFERS[-1])

    def _helo(self, _):
        self._say("250 sink.example")

    def _mail(self, argument):
        self._forget()
        self.sender, parameters = _path(argument)
        self.parameters.append(parameters)
        answer = self.server.sink.refuse.get(self.sender)
        self._say(answer or "250 2.1.0 Sender taken")

    def _rcpt(self, argument):
        recipient, parameters = _path(argument)
        answer = self.server.sink.refuse.get(recipient)
        if answer is None:
            self.recipients.append(recipient)
            self.parameters.append(parameters)
        self._say(answer or "250 2.1.5 Recipient taken")

    def _data(self, _):
        if not self.recipients:
            return self._say("554 5.5.1 No recipient was taken")
        self._say("354 Go on")
        while True:
            line = self.rfile.readline()
            if not line:
                return "end"
            if line == b".\r\n":
                break
            self.pieces.append(line[1:] if line.startswith(b".") else line)
        self._taken()

    def _bdat(self, argument):
        words = argument.split()
        self.pieces.append(self.rfile.read(int(words[0])))
        if len(words) > 1 and words[1].upper() == b"LAST":
            self._taken()
        else:
            self._say("250 2.0.0 Chunk taken")

    def _taken(self):
        self.server.sink.take(Letter(self.sender, self.recipients, self.parameters, b"".join(self.pieces)))
        self._forget()
        self._say("250 2.0.0 Letter taken")

    def _rset(self, _):
        self._forget()
        self._say("250 2.0.0 Forgotten")

    def _noop(self, _):
        self._say("250 2.0.0 Nothing done")

    def _vrfy(self, _):
        self._say("252 2.5.2 Send it and see")

    def _quit(self, _):
        self._say("221 2.0.0 Good bye")
        return "end"


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100


class Sink:
    def __init__(self):
        self.refuse = {}
        self._letters, self._lock = [], threading.Lock()

    def __enter__(self):
        self._listener = _Listener(("127.0.0.1", 0), _Session)
        self._listener.sink = self
        self.port = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def take(self, letter):
        with self._lock:
            self._letters.append(letter)

    @property
    def letters(self):
        with self._lock:
            return list(self._letters)

    def wait(self, count):
        """Waits until so many letters have come, and gives them all."""
        tap.wait_until(lambda: len(self.letters) >= count, "%d letters at the sink (%s)" % (count, self.letters))
        return self.letters
