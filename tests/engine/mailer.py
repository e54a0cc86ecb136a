"""A submission server as a script, to be bent; see support/scripted_server.py. Real ones: support/servers/submission.py."""

import re

from support.scripted_server import Closed


class Mailer:
    """Answers each command by the method on_<verb>(link, argument) of a subclass. What came through stands in letters:
    (sender, recipients, octets). `commands` holds every line but a letter's."""

    offers = ["PIPELINING", "SIZE 10000000", "8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN"]
    offers_in_clear = None      # another list before STARTTLS

    def __init__(self, offers=None, refuse=None, **answers):
        """refuse: what is said to RCPT of an address. answers: verb=text, in place of the ordinary answer."""
        self.offers = list(self.offers if offers is None else offers)
        self.refuse, self.answers = dict(refuse or {}), answers
        self.letters, self.commands = [], []
        self.secured = False

    def __call__(self, link):
        self.secured = False
        link.send(self.answers.get("greeting", "220 scripted ESMTP"))
        self._forget()
        while True:
            line = link.line()
            self.commands.append(line)
            verb, _, argument = line.partition(" ")
            getattr(self, "on_" + verb.lower(), self.on_unknown)(link, argument)

    def _forget(self):
        self.sender, self.recipients, self.octets = None, [], b""

    def say(self, link, verb, ordinary):
        link.send(self.answers.get(verb, ordinary))

    def on_unknown(self, link, _):
        link.send("500 5.5.2 what?")

    def on_ehlo(self, link, _):
        offers = self.offers if self.secured or self.offers_in_clear is None else self.offers_in_clear
        lines = ["scripted"] + offers
        link.send(*["250%s%s" % ("-" if n + 1 < len(lines) else " ", line) for n, line in enumerate(lines)])

    def on_starttls(self, link, _):
        link.send("220 go on")
        link.starttls()
        self.secured = True

    def on_auth(self, link, _):
        self.say(link, "auth", "235 2.7.0 in")

    def on_rset(self, link, _):
        self._forget()
        link.send("250 2.0.0 forgotten")

    def on_mail(self, link, argument):
        self._forget()
        if "mail" not in self.answers:
            self.sender = re.match(r"FROM:<(.*?)>", argument).group(1)
        self.say(link, "mail", "250 2.1.0 ok")

    def on_rcpt(self, link, argument):
        recipient = re.match(r"TO:<(.*?)>", argument).group(1)
        answer = self.refuse.get(recipient, "250 2.1.5 ok") if self.sender is not None else "503 5.5.1 no MAIL"
        if answer.startswith("2"):
            self.recipients.append(recipient)
        link.send(answer)

    def on_data(self, link, _):
        if not self.recipients:
            link.send("554 5.5.1 nobody")
            return
        self.say(link, "data", "354 go on")
        if "data" in self.answers:
            return
        octets = b""
        while not (b"\r\n" + octets).endswith(b"\r\n.\r\n"):
            octets += link.octets(1)
        self.octets = (b"\r\n" + octets[:-3]).replace(b"\r\n.", b"\r\n")[2:]
        self.complete(link)

    def on_bdat(self, link, argument):
        size, _, last = argument.partition(" ")
        self.octets += link.octets(int(size))
        if last:
            self.complete(link)
        else:
            link.send("250 2.0.0 taken")

    def complete(self, link):
        """The whole letter is here."""
        answer = self.answers.get("letter", "250 2.0.0 accepted")
        if answer.startswith("2"):
            self.letters.append((self.sender, self.recipients, self.octets))
        link.send(answer)

    def on_quit(self, link, _):
        link.send("221 bye")
        link.close()


def cut(link):
    """In place of an answer: the connection ends."""
    raise Closed()
