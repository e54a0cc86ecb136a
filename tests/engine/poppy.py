"""A POP3 server that does as a test says: letters in a list, and ways of being wrong.

    server = Poppy([("uidl-1", letter("a")), …], without={"UIDL"}, sizes={1: 99999999999})
    with server.listen() as address: ... PopBag(address) ...

Answers are correct unless an option or an overridden method makes them otherwise. `heard` has every command of every session, `letters`
what is left: DELE takes effect with QUIT.
"""

from support.scripted_server import ScriptedServer

EVERYTHING = ("TOP", "UIDL", "USER", "RESP-CODES", "PIPELINING", "AUTH-RESP-CODE")


class Poppy:
    user, password = "test", "secret"

    def __init__(self, letters=(), without=(), capabilities=(), sizes=None, greeting="+OK ready"):
        self.letters = list(letters)
        self.without, self.more, self.sizes, self.greeting = set(without), tuple(capabilities), sizes or {}, greeting
        self.heard, self.sessions = [], 0

    def listen(self, **options):
        server = ScriptedServer(self.session, **options)
        server.user, server.password = self.user, self.password
        server.pop_tls_port = None
        return _Listening(server)

    def session(self, link):
        self.sessions += 1
        marked, listed = set(), list(self.letters)
        link.send(self.greeting)
        while True:
            line = link.line()
            verb, *words = line.split(" ")
            verb = verb.upper()
            self.heard.append(line if verb != "PASS" else "PASS")
            if verb == "QUIT":
                self.quit(link, listed, marked)
                link.close()
            number = int(words[0]) if words and words[0].isdigit() else 0
            self.answer(link, verb, number, words, listed, marked)

    def quit(self, link, listed, marked):
        gone = [id(listed[number - 1]) for number in marked]
        self.letters = [one for one in self.letters if id(one) not in gone]
        link.send("+OK bye")

    def answer(self, link, verb, number, words, listed, marked):
        if verb in self.without:
            link.send("-ERR not here")
        elif verb == "CAPA":
            link.send("+OK", *[one for one in EVERYTHING if one not in self.without], *self.more, ".")
        elif verb == "USER":
            link.send("+OK")
        elif verb == "PASS":
            self.log_in(link, words)
        elif verb == "STAT":
            link.send("+OK %d 1" % len(listed))
        elif verb == "LIST":
            self.lines(link, ["%d %d" % (i + 1, self.sizes.get(i + 1, len(one[1]))) for i, one in enumerate(listed)])
        elif verb == "UIDL":
            self.lines(link, ["%d %s" % (i + 1, one[0]) for i, one in enumerate(listed)])
        elif verb == "RETR":
            self.retr(link, number, listed[number - 1][1])
        elif verb == "TOP":
            self.top(link, number, listed[number - 1][1])
        elif verb == "DELE":
            marked.add(number)
            link.send("+OK")
        elif verb in ("NOOP", "RSET"):
            link.send("+OK")
        else:
            link.send("-ERR what?")

    def log_in(self, link, words):
        link.send("+OK in" if words == [self.password] else "-ERR [AUTH] no")

    def lines(self, link, lines):
        link.raw(("+OK\r\n" + "".join(line + "\r\n" for line in lines) + ".\r\n").encode("utf-8", "surrogateescape"))

    @staticmethod
    def stuffed(octets):
        return octets.replace(b"\r\n.", b"\r\n..") if not octets.startswith(b".") else b"." + octets.replace(b"\r\n.", b"\r\n..")

    def retr(self, link, number, octets):
        link.raw(b"+OK\r\n" + self.stuffed(octets) + b".\r\n")

    def top(self, link, number, octets):
        link.raw(b"+OK\r\n" + self.stuffed(octets[:octets.index(b"\r\n\r\n") + 4]) + b".\r\n")

    def count(self, verb):
        return sum(line.upper().split(" ")[0] == verb for line in self.heard)


class _Listening:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        server = self.server.__enter__()
        server.pop_port = server.port
        return server

    def __exit__(self, *what):
        return self.server.__exit__(*what)
