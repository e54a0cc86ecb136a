"""What it costs to send: a letter with 5 MB attached and a copy in Sent, and a forward of 5 MB that lie on the server. Both links are counted, both
ways, the log-in to the submission server included."""

import os
import random
import re
import shutil
import tempfile

import clients
import measures
from support.proxy import Proxy
from support.servers.submission import DovecotSubmission

MEGABYTES = 5
TO = "bob@example.org"


class _Sender:
    """How one client is told where to send, and driven to do it."""

    def __init__(self, kind, home, mail, submission, server, mailbox):
        self.server, self.submission = server, submission
        self.client = kind(home, mail, measures.LETTER if mailbox == "Attachments" else "", mailbox=mailbox)
        self.settle()


class MalleSender(_Sender):
    def settle(self):
        client = self.client
        client.write(".config/malle/accounts",
                     "[account test]\nreceive = imap+insecure://test@localhost:%d/\npassword = secret\naddress = test@example.org\npoll = 0\n"
                     "send = smtp+insecure://test@localhost:%d/\n" % (client.port, self.submission))
        client.write(".config/malle/config", "editor = true\nsend-hold = 0\n")

    def attach(self, screen, path):
        screen.keys("m")
        screen.until(re.compile("To "))
        screen.type("%s\nThe plans\n" % TO)
        screen.until("Letter: The plans")
        screen.type(":attach-file %s\n" % path)
        screen.until("1 attachment")
        screen.keys("y")

    def forward(self, screen):
        screen.keys("f")
        screen.until("Letter: Fwd")
        screen.type("%s\n\n" % TO)
        screen.until(re.compile("To +" + TO))
        screen.keys("y")


class MuttSender(_Sender):
    def settle(self):
        client = self.client
        with open(os.path.join(client.home, "rc"), "a") as file:
            file.write('set smtp_url="smtp://test@127.0.0.1:%d/" smtp_pass=secret from=test@example.org\n'
                       'set record="imap://test@127.0.0.1:%d/Sent" copy=yes editor=true abort_unmodified=no\n'
                       "set forward_attachments=yes mime_forward=no abort_nosubject=no\n" % (self.submission, client.port))

    def attach(self, screen, path):
        screen.keys("m")
        screen.until("To:")
        screen.type(TO + "\n")
        screen.until("Subject:")
        screen.type("The plans\n")
        screen.until("Attachments")
        screen.keys("a")
        screen.until("Attach file")
        screen.type(path + "\n")
        screen.until(os.path.basename(path))
        screen.keys("y")

    def forward(self, screen):
        screen.keys("f")
        screen.until("To:")
        screen.type(TO + "\n")
        screen.until("Subject:")
        screen.type("\n")
        screen.until("Attachments")
        screen.keys("y")


SENDERS = {clients.Malle: MalleSender, clients.Mutt: MuttSender, clients.Neomutt: MuttSender}


def _copies(server):
    link = server.client()
    count = int(link.select("Sent", readonly=True)[1][0])
    link.logout()
    return count


def _file(home):
    path = os.path.join(home, "plans.bin")
    with open(path, "wb") as file:
        file.write(random.Random(7).randbytes(MEGABYTES * 1_000_000))
    return path


def send(kind, home_source, way):
    """way: "attach" or "forward"."""
    if kind not in SENDERS:
        return None
    home = tempfile.mkdtemp(prefix="malle-bench-")
    try:
        with DovecotSubmission(home_source=home_source) as server, Proxy(server.port) as mail, Proxy(server.submission_port) as submission:
            link = server.client()
            for name in ("Sent", "Drafts"):
                link.create(name)
            link.logout()
            mailbox = "Attachments" if way == "forward" else "INBOX"
            sender = SENDERS[kind](kind, home, mail.port, submission.port, server, mailbox)
            sender.client.newest = measures.LETTER if way == "forward" else measures.newest_subject(server)
            with sender.client.screen() as screen:
                sender.client.opened(screen)
                sender.client.all_known(screen, mail)
                if way == "forward":
                    sender.client.read_letter(screen, measures.LETTER)
                    screen.until(measures.LETTER_TEXT)
                    mail.until_quiet(1500)
                before = {way: mail.stats()[way] + submission.stats()[way] for way in ("up", "down")}
                sender.forward(screen) if way == "forward" else sender.attach(screen, _file(home))
                server.sink.wait(1)
                screen.until(lambda _: _copies(server) == 1)
                mail.until_quiet(1500)
                return {each: mail.stats()[each] + submission.stats()[each] - before[each] for each in before}
    finally:
        shutil.rmtree(home, ignore_errors=True)
