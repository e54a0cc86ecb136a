"""A proxy that strikes at one exact step of an IMAP exchange.

    with StrikingProxy(server.port) as proxy:
        ...                                     # proxy.commands: what passed, each with its steps
        proxy.arm(2, "executed", strike)        # at that step of the third command, strike() is called

Only commands that change something are counted. Between the call of strike() and its end nothing passes; behind it both
ends are closed, after the server has done whatever it had been given: what it will have done is certain then.

The steps of a command, in order: "before" any byte of it has passed, in the "middle" of its line, in the middle of its
"literal", when all is "sent" (and the server may or may not have begun), when it is "executed" (the tagged reply has come
and is held back), in the middle of the "reply", and "replied" when the client has been given all of it.
"""

import re
import select
import socket
import threading

CHANGES = re.compile(rb"(\S+) ((?:UID )?(?:STORE|COPY|MOVE|EXPUNGE)|APPEND|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE)\b", re.I)
LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
STEPS = ("before", "middle", "literal", "sent", "executed", "reply", "replied")


class Command:
    def __init__(self, tag, verb):
        self.tag, self.verb, self.literal = tag, verb, False

    def steps(self):
        return [step for step in STEPS if step != "literal" or self.literal]


class _Struck(Exception):
    pass


class _Lines:
    """Cuts a stream into lines and literals, without holding back more than it must."""

    def __init__(self):
        self.buffer, self.literal = b"", 0

    def feed(self, data):
        """Yields (bytes, is_literal)."""
        self.buffer += data
        while self.buffer:
            if self.literal:
                if len(self.buffer) < self.literal:
                    return
                piece, self.buffer, self.literal = self.buffer[:self.literal], self.buffer[self.literal:], 0
                yield piece, True
                continue
            end = self.buffer.find(b"\r\n") + 2
            if end < 2:
                return
            piece, self.buffer = self.buffer[:end], self.buffer[end:]
            found = LITERAL.search(piece)
            self.literal = int(found.group(1)) if found else 0
            yield piece, False


class _Link:
    def __init__(self, proxy, client, target_port):
        self.proxy, self.client = proxy, client
        self.server = socket.create_connection(("127.0.0.1", target_port))
        for end in (self.client, self.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.up, self.down = _Lines(), _Lines()
        self.command, self.in_command, self.waiting = None, False, {}

    def run(self):
        try:
            while True:
                readable, _, _ = select.select([self.client, self.server], [], [])
                for end in readable:
                    data = end.recv(65536)
                    if not data:
                        return
                    if end is self.client:
                        self.from_client(data)
                    else:
                        self.from_server(data)
        except (_Struck, OSError):
            pass
        finally:
            self.finish()

    def finish(self):
        """The server gets all that was sent, and is waited for."""
        self.client.close()
        try:
            self.server.shutdown(socket.SHUT_WR)
            while self.server.recv(65536):
                pass
        except OSError:
            pass
        self.server.close()

    def reach(self, command, step, end, piece, done=0):
        if not self.proxy.is_armed(command, step):
            return
        if piece:
            end.sendall(piece[:done])
        self.proxy.strike()
        raise _Struck

    def from_client(self, data):
        for piece, literal in self.up.feed(data):
            first = not self.in_command
            if first:
                found = CHANGES.match(piece)
                self.command = self.proxy.note(found.group(1), found.group(2).decode().upper()) if found else None
            self.in_command = literal or self.up.literal > 0
            if self.command is None:
                self.server.sendall(piece)
                continue
            if first:
                self.reach(self.command, "before", self.server, b"")
                self.reach(self.command, "middle", self.server, piece, len(piece) // 2)
            if literal:
                self.command.literal = True
                self.reach(self.command, "literal", self.server, piece, len(piece) // 2)
            self.server.sendall(piece)
            if not self.in_command:
                self.waiting[self.command.tag] = self.command
                self.reach(self.command, "sent", self.server, b"")

    def from_server(self, data):
        for piece, literal in self.down.feed(data):
            # Inside a compressed stream nothing could be told.
            piece = piece.replace(b"COMPRESS=DEFLATE", b"X-NOTHING-OF-IT-") if not literal else piece
            command = None if literal else self.waiting.pop(piece.split(b" ", 1)[0], None)
            if command is None:
                self.client.sendall(piece)
                continue
            self.reach(command, "executed", self.client, b"")
            self.reach(command, "reply", self.client, piece, len(piece) // 2)
            self.client.sendall(piece)
            self.reach(command, "replied", self.client, b"")


class StrikingProxy:
    """Between one server and its client, or between several servers and a client that has links to all of them: then ports[i]
    leads to the server at target_ports[i], and the commands to all are counted in the order in which they come."""

    def __init__(self, *target_ports):
        self.target_ports = target_ports
        self.commands, self.point, self.action = [], None, None
        self.struck = threading.Event()
        self.links = []

    def __enter__(self):
        self.listeners = [socket.create_server(("127.0.0.1", 0)) for _ in self.target_ports]
        self.ports = [listener.getsockname()[1] for listener in self.listeners]
        self.port = self.ports[0]
        self.threads = [threading.Thread(target=self._serve, args=pair, daemon=True) for pair in zip(self.listeners, self.target_ports)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for listener, thread in zip(self.listeners, self.threads):
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join()
        self.settle()

    def _serve(self, listener, target_port):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            link = threading.Thread(target=_Link(self, client, target_port).run, daemon=True)
            self.links.append(link)
            link.start()

    def settle(self):
        """Waits until the server has closed every connection: it has done all that it was given."""
        while self.links:
            self.links.pop().join()

    def arm(self, number, step, action):
        self.point, self.action = (number, step), action

    def note(self, tag, verb):
        self.commands.append(Command(tag, verb))
        return self.commands[-1]

    def is_armed(self, command, step):
        return self.point is not None and self.point[1] == step and self.commands.index(command) == self.point[0]

    def strike(self):
        self.point = None
        self.action()
        self.struck.set()

    def points(self):
        """Of what has passed: (number, verb, step)."""
        return [(number, command.verb, step) for number, command in enumerate(self.commands) for step in command.steps()]
