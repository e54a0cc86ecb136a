"""How each client that is measured is set up, started and driven. What each is told is what its manual says
for this work; none is handicapped, and none is tuned beyond a header cache where it has one."""

import os
import re
import subprocess

from support import tap
from support.screen import Screen


def _first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode().splitlines()[0]


class Client:
    """home: a directory of its own; port: where its IMAP server (the counting proxy) listens.

    newest: a text in the row of the newest message, which is on the first screen of every client."""

    name = ""
    goes_on_behind = False      # fetches more once the first screen stands
    keeps_summaries = False     # asks for the summaries of the whole mailbox
    compresses = False          # can be told to use COMPRESS=DEFLATE
    down, up = "j", "k"
    asks_at_first_start = False # greets a new person with questions, which are no part of opening a mailbox

    def __init__(self, home, port, newest, mailbox="INBOX", compress=False):
        self.home, self.port, self.newest, self.mailbox, self.compress = home, port, newest, mailbox, compress
        os.makedirs(home, exist_ok=True)
        self.prepare()

    def write(self, path, text):
        path = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o600)

    def screen(self, rows=50, columns=160):
        return Screen(self.command(), rows=rows, columns=columns, home=self.home, cwd=self.home)

    @classmethod
    def version(cls):
        raise NotImplementedError

    def prepare(self):
        pass

    def command(self):
        raise NotImplementedError

    def opened(self, screen):
        """Waits until the list stands on the screen."""
        screen.until(self.newest)

    def all_known(self, screen, link):
        """Waits until nothing more comes by itself."""
        link.until_quiet(1500)

    def read_letter(self, screen, subject):
        """From the list: opens the letter with that subject."""
        self.select(screen, subject)
        screen.keys("Enter")

    def select(self, screen, subject):
        """Moves the cursor to the row with that text."""
        row = screen.row_of(subject)
        assert row is not None, screen.text()
        for _ in range(100):
            if screen.cursor.row == row:
                return
            before = screen.cursor
            screen.keys(self.down if screen.cursor.row < row else self.up)
            screen.until(lambda s: s.cursor != before)
        raise AssertionError("cannot reach " + subject)

    # Each flags what it names, which are `count` messages, and waits until the server has it; None: the client has no way.
    flag_contiguous = None
    flag_scattered = None
    # Looks for a word in the texts, on the server, and waits until what was found stands on the screen; count: how many that are.
    search_body = None


class Mutt(Client):
    name = "mutt"
    keeps_summaries = True
    program = "mutt"

    @classmethod
    def version(cls):
        return _first_line(cls.program, "-v").split(" (")[0]

    def prepare(self):
        os.makedirs(os.path.join(self.home, "cache"), exist_ok=True)
        lines = [
            'set folder="imap://test@127.0.0.1:%d/"' % self.port, 'set spoolfile="imap://test@127.0.0.1:%d/%s"' %
            (self.port, self.mailbox), "set imap_pass=secret", "set ssl_starttls=no ssl_force_tls=no",
            'set header_cache="%s/cache/"' % self.home, "set sort=date-sent", "set sleep_time=0", "set beep=no",
            "set delete=yes move=no wait_key=no", 'set index_format="%4C %Z %[%b %d] %-20.20F %s"', "set menu_scroll=yes"]
        if self.compress:
            lines += self.compress_lines
        self.write("rc", "\n".join(lines) + "\n")

    compresses = True
    compress_lines = ["set imap_deflate=yes"]

    def command(self):
        return [self.program, "-F", os.path.join(self.home, "rc")]

    def opened(self, screen):
        screen.until(re.compile(r"Msgs:\d"))
        screen.keys("*")        # last-entry: the newest
        screen.until(self.newest)

    def _flag(self, screen, link, pattern, count):
        screen.keys("T")
        screen.until("Tag messages matching")
        screen.keys(pattern, "Enter")
        screen.until(re.compile(r"Tag:%d\b" % count))
        link.reset()
        screen.keys(";", "F")
        screen.until(re.compile(r"Flag:\d\d\d"))
        screen.keys("$")
        screen.until(lambda s: link.stats()["commands"] > 0 and link.stats()["outstanding"] == 0)
        return link.until_quiet(1500)

    def flag_contiguous(self, screen, link, count):
        return self._flag(screen, link, "~A", count)

    def flag_scattered(self, screen, link, count):
        return self._flag(screen, link, "~f person[1234]@", count)


    def search_body(self, screen, link, word, count):
        screen.keys("l")
        screen.until("Limit to messages matching")
        screen.type("=b " + word)       # "=": the server is to look, not this program in every message
        screen.keys("Enter")
        screen.until(re.compile(r"Msgs:%d/" % count))


class Neomutt(Mutt):
    name = "neomutt"
    program = "neomutt"
    compresses = False          # Debian builds it without


class Aerc(Client):
    name = "aerc"

    @classmethod
    def version(cls):
        return " ".join(_first_line("aerc", "-v").split()[:2])

    def prepare(self):
        self.write(".config/aerc/accounts.conf", "[test]\nsource = imap+insecure://test:secret@127.0.0.1:%d\n"
                   "default = %s\nfrom = Test <test@example.org>\ncache-headers = true\n" % (self.port, self.mailbox))

    def command(self):
        return ["aerc"]

    def select(self, screen, subject):
        """aerc leaves the terminal's cursor where it wrote last: the row that is selected is the one in reverse."""
        def marked(s, row):
            return s.cell(row, len(s.line(row).rstrip()) - 1).reverse

        def selected(s):
            return [marked(s, row) for row in range(len(s.lines()))]
        for _ in range(100):
            screen.settle()
            row = screen.row_of(subject)
            if row is not None and marked(screen, row):
                return
            before = selected(screen)
            screen.keys(self.down)
            screen.until(lambda s: selected(s) != before)
        raise AssertionError("cannot reach " + subject)

    def flag_contiguous(self, screen, link, count):
        screen.keys(":mark -a", "Enter")
        screen.until(lambda s: ":mark" not in s.text())
        link.reset()
        screen.keys(":flag", "Enter")
        link.until(lambda s: s["commands"] > 0, "the command to flag")
        return link.until_quiet(1500)


    def search_body(self, screen, link, word, count):
        screen.keys(":")
        screen.type("filter -b " + word)
        screen.keys("Enter")
        screen.until(lambda s: self.newest not in s.text() and s.text().count("[list]") > 5)


class Alpine(Client):
    name = "alpine"
    asks_at_first_start = True
    down, up = "n", "p"

    @classmethod
    def version(cls):
        return " ".join(_first_line("alpine", "-v").split()[:2])

    def prepare(self):
        self.write(".pinerc", "inbox-path={127.0.0.1:%d/notls/novalidate-cert/user=test}%s\n"
                   "incoming-startup-rule=last\nfeature-list=enable-aggregate-command-set,enable-bounce-cmd,"
                   "quell-asking-about-new-messages\nlast-version-used=6.26\nuse-only-domain-name=no\n"
                   "user-domain=example.org\npersonal-name=Test\nlast-time-prune-questioned=9999.12\n"
                   % (self.port, self.mailbox))

    def command(self):
        # -i: straight to the index; -z: ^Z allowed; -p: only this configuration.
        return ["alpine", "-i", "-p", os.path.join(self.home, ".pinerc")]

    def opened(self, screen):
        answered = set()

        def there(s):
            for question, answer in (("ENTER PASSWORD", ("secret", "Enter")), ("Preserve password", ("n",))):
                if question in s.text() and question not in answered:
                    answered.add(question)
                    s.keys(*answer)
            return self.newest in s.text()
        screen.until(there)


    def select(self, screen, subject):
        # The cursor stands in the key bar, so the row's own number is what it is asked for.
        number = screen.line(screen.row_of(subject)).split()
        number = next(word for word in number if word.isdigit())
        screen.keys("j", number, "Enter")
        screen.until(re.compile(r"Message +%s of" % number))

    def flag_contiguous(self, screen, link, count):
        screen.keys(";")
        screen.until("SELECT criteria")
        screen.keys("a")
        screen.until("messages selected")
        link.reset()
        screen.keys("a")
        screen.until("APPLY command")
        screen.keys("*")
        screen.until("Flag New, Deleted")
        screen.keys("Enter")
        link.until(lambda s: s["commands"] > 0, "the command to flag")
        return link.until_quiet(1500)


    def search_body(self, screen, link, word, count):
        screen.keys(";")
        screen.until("SELECT criteria")
        screen.keys("t")
        screen.until("Select based on")
        screen.keys("a")
        screen.until("to match")
        screen.type(word)
        screen.keys("Enter")
        screen.until("ZOOMED MESSAGE INDEX")


class Malle(Client):
    name = "malle"
    goes_on_behind = True
    keeps_summaries = True
    compresses = True

    @classmethod
    def version(cls):
        return _first_line(tap.program(), "--version").rstrip(".")

    def prepare(self):
        self.write(".config/malle/accounts", "[account test]\nreceive = imap+insecure://test@127.0.0.1:%d/\n"
                   "password = secret\naddress = test@example.org\npoll = 0\n" % self.port)

    def command(self):
        return [tap.program()]

    def opened(self, screen):
        if self.mailbox != "INBOX":
            screen.until(self.mailbox)      # in the sidebar: it is known
            screen.keys(":")
            screen.type("change-mailbox " + self.mailbox)
            screen.keys("Enter")
        screen.until(self.newest)

    def all_known(self, screen, link):
        def counts_agree(s):
            sidebar = re.search(r"Inbox +(?:\d+/)?(\d+)", s.text())
            title = re.search(r"(?:of |INBOX +)(\d+) ·", s.text())
            return sidebar and title and sidebar.group(1) == title.group(1)
        if self.mailbox == "INBOX":
            screen.until(counts_agree)
        link.until_quiet(1500)

    def _flag(self, screen, link, pattern, count):
        screen.keys("T")
        screen.type(pattern)
        screen.keys("Enter")
        screen.until("%d tagged" % count)   # the number grows while the store is looked through
        link.until_quiet(1500)
        link.reset()
        screen.keys(";", "F")
        link.until(lambda s: s["commands"] > 0 and s["outstanding"] == 0, "the flags are sent")
        return link.until_quiet(1500)

    def flag_contiguous(self, screen, link, count):
        return self._flag(screen, link, "~A", count)

    def flag_scattered(self, screen, link, count):
        return self._flag(screen, link, "~f person[1234]@", count)

    def search_body(self, screen, link, word, count):
        """What a person sees first; how many there are in all comes later."""
        screen.keys("l")
        screen.type("~b " + word)
        screen.keys("Enter")
        screen.until(lambda s: "limited to" in s.text() and self.newest not in s.text() and len(s.text().split()) > 40)


OTHERS = [Neomutt, Mutt, Alpine, Aerc]
