"""An IMAP server of mailboxes in memory that is honest until it is told to lie.

    server = Liar(INBOX=letters(3), Archive=[])
    server.once("UID FETCH", lambda link, tag, rest: ...)     # instead of the next such command
    with ScriptedServer(server) as at: ...

What the client sent stands in server.commands, over all connections; what is really in a mailbox in
server.boxes[name]. A lie may call server.honest(link, tag, text) and say something before or after it.
"""

import re

from support.scripted_server import Bare


class Letter:
    def __init__(self, uid, number, flags=()):
        self.uid, self.number, self.flags = uid, number, set(flags)

    @property
    def subject(self):
        return "letter %d" % self.number

    @property
    def id(self):
        return "<letter%d@example.org>" % self.number

    @property
    def text(self):
        return "Text %d.\r\n" % self.number


class Box:
    def __init__(self, letters=(), uidvalidity=7):
        self.letters = list(letters)
        self.uidvalidity = uidvalidity
        self.uidnext = max([letter.uid for letter in self.letters], default=0) + 1

    def add(self, number, flags=()):
        letter = Letter(self.uidnext, number, flags)
        self.uidnext += 1
        self.letters.append(letter)
        return letter

    def renumber(self, uidvalidity, first=101):
        """As a server that lost its indexes does it: other UIDs, and another UIDVALIDITY."""
        self.uidvalidity = uidvalidity
        for at, letter in enumerate(self.letters):
            letter.uid = first + at
        self.uidnext = first + len(self.letters)

    def subjects(self):
        return [letter.subject for letter in self.letters]


def letters(count):
    return [Letter(number, number) for number in range(1, count + 1)]


def members(text, largest):
    """The numbers of a set, "*" being the largest."""
    found = set()
    for part in text.split(","):
        ends = [largest if end == "*" else int(end) for end in part.split(":")]
        found |= set(range(min(ends), min(max(ends), max(largest, min(ends))) + 1))
    return found


class Liar(Bare):
    def __init__(self, capability="IMAP4rev1", **boxes):
        super().__init__()
        self.capability = capability
        self.boxes = {name: Box(content) for name, content in boxes.items()}
        self.lies = []
        self.selected = {}

    # --- lying

    def once(self, name, lie):
        """lie(link, tag, text) in place of the next command that begins with name."""
        self.lies.append((name.upper(), lie))

    def __call__(self, link):
        link.send("* OK [CAPABILITY %s] scripted" % self.capability)
        self.serve(link)

    def serve(self, link):
        while True:
            tag, text = link.request()
            self.commands.append(text)
            for entry in self.lies:
                if text.upper().startswith(entry[0]):
                    self.lies.remove(entry)
                    entry[1](link, tag, text)
                    break
            else:
                self.honest(link, tag, text)

    def honest(self, link, tag, text):
        name, _, rest = text.partition(" ")
        if name.upper() == "UID":
            second, _, rest = rest.partition(" ")
            name = "uid_" + second
        method = getattr(self, "on_" + name.lower(), None)
        if method is None:
            link.send(tag + " BAD not here")
        else:
            method(link, tag, rest)

    def sent(self, name):
        return [text for text in self.commands if text.upper().startswith(name.upper())]

    # --- telling

    def fetched(self, seq, letter, items="UID FLAGS"):
        """One FETCH response, as honest as its arguments."""
        said = []
        if "UID" in items:
            said.append("UID %d" % letter.uid)
        if "FLAGS" in items:
            said.append("FLAGS (%s)" % " ".join(sorted(letter.flags)))
        if "INTERNALDATE" in items:
            said.append('INTERNALDATE "0%d-Jun-2026 10:00:00 +0000"' % (letter.number % 9 + 1))
        if "RFC822.SIZE" in items:
            said.append("RFC822.SIZE 300")
        if "ENVELOPE" in items:
            ada = '(("Ada" NIL "ada" "example.org"))'
            said.append('ENVELOPE ("Mon, 01 Jun 2026 10:00:00 +0000" "%s" %s %s %s (("" NIL "test" "example.org")) NIL NIL NIL "%s")' %
                        (letter.subject, ada, ada, ada, letter.id))
        if "BODYSTRUCTURE" in items:
            said.append('BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" %d 1)' % len(letter.text))
        for section in re.findall(r"BODY(?:\.PEEK)?\[([^\]]*)\]", items):
            data = "\r\n" if "REFERENCES" in section else letter.text
            said.append("BODY[%s] {%d}\r\n%s" % (section, len(data), data))
        return "* %d FETCH (%s)" % (seq, " ".join(said))

    def box(self, link):
        return self.boxes[self.selected[link]]

    def chosen(self, link, uids):
        box = self.box(link)
        wanted = members(uids, max([letter.uid for letter in box.letters], default=0))
        return [(seq, letter) for seq, letter in enumerate(box.letters, 1) if letter.uid in wanted]

    # --- honest answers

    def on_select(self, link, tag, rest):
        name = rest.split(" (")[0].strip('"')
        if name not in self.boxes:
            link.send(tag + " NO no such mailbox")
            return
        self.selected[link] = name
        box = self.boxes[name]
        link.send("* %d EXISTS" % len(box.letters), "* 0 RECENT", r"* FLAGS (\Seen \Deleted \Flagged \Answered \Draft)",
                  r"* OK [PERMANENTFLAGS (\Seen \Deleted \Flagged \Answered \Draft \*)] ok",
                  "* OK [UIDVALIDITY %d] ok" % box.uidvalidity, "* OK [UIDNEXT %d] ok" % box.uidnext,
                  tag + " OK [READ-WRITE] selected")

    on_examine = on_select

    def on_list(self, link, tag, rest):
        link.send(*(['* LIST (\\HasNoChildren) "/" %s' % name for name in self.boxes] + [tag + " OK done"]))

    def on_lsub(self, link, tag, rest):
        link.send(tag + " OK done")

    def on_status(self, link, tag, rest):
        name = rest.split(" (")[0].strip('"')
        if name not in self.boxes:
            link.send(tag + " NO no such mailbox")
            return
        box = self.boxes[name]
        unseen = len([letter for letter in box.letters if "\\Seen" not in letter.flags])
        link.send("* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY %d UNSEEN %d)" %
                  (name, len(box.letters), box.uidnext, box.uidvalidity, unseen), tag + " OK done")

    def on_fetch(self, link, tag, rest):
        numbers, _, items = rest.partition(" ")
        wanted = members(numbers, len(self.box(link).letters))
        lines = [self.fetched(seq, letter, items) for seq, letter in enumerate(self.box(link).letters, 1) if seq in wanted]
        link.send(*(lines + [tag + " OK done"]))

    def on_uid_fetch(self, link, tag, rest):
        uids, _, items = rest.partition(" ")
        lines = [self.fetched(seq, letter, "UID " + items) for seq, letter in self.chosen(link, uids)]
        link.send(*(lines + [tag + " OK done"]))

    def on_uid_search(self, link, tag, rest):
        box = self.box(link)
        largest = max([letter.uid for letter in box.letters], default=0)
        found = box.letters
        for uids in re.findall(r"(?:^|\s)(?:UID )([0-9:,*]+)", rest):
            found = [letter for letter in found if letter.uid in members(uids, largest)]
        for wanted in re.findall(r"HEADER \"?Message-ID\"? \"?([^\" ]+)", rest, re.I):
            found = [letter for letter in found if wanted in letter.id]
        if re.search(r"\bDELETED\b", rest):
            found = [letter for letter in found if "\\Deleted" in letter.flags]
        link.send("* SEARCH" + "".join(" %d" % letter.uid for letter in found), tag + " OK done")

    def on_uid_store(self, link, tag, rest):
        uids, mode, flags = rest.split(" ", 2)
        names = set(flags.strip("()").split())
        for _, letter in self.chosen(link, uids):
            letter.flags = letter.flags | names if mode.startswith("+") else letter.flags - names
        link.send(tag + " OK done")

    def copy(self, link, rest):
        """What was copied, as pairs of UIDs."""
        uids, _, name = rest.partition(" ")
        target = self.boxes[name.strip('"')]
        return [(letter.uid, target.add(letter.number, letter.flags).uid) for _, letter in self.chosen(link, uids)]

    def copyuid(self, rest, pairs):
        if not pairs or "UIDPLUS" not in self.capability:
            return ""
        target = self.boxes[rest.partition(" ")[2].strip('"')]
        return "[COPYUID %d %s %s] " % (target.uidvalidity, ",".join(str(a) for a, _ in pairs), ",".join(str(b) for _, b in pairs))

    def remove(self, link, condition):
        """Takes letters out, and gives the EXPUNGE lines that say so."""
        box, lines = self.box(link), []
        for seq, letter in reversed(list(enumerate(box.letters, 1))):
            if condition(letter):
                box.letters.remove(letter)
                lines.append("* %d EXPUNGE" % seq)
        return lines

    def on_uid_copy(self, link, tag, rest):
        pairs = self.copy(link, rest)
        link.send("%s OK %sdone" % (tag, self.copyuid(rest, pairs)))

    def on_uid_move(self, link, tag, rest):
        pairs = self.copy(link, rest)
        code = self.copyuid(rest, pairs)
        lines = ["* OK %sdone" % code] if code else []
        lines += self.remove(link, lambda letter: letter.uid in [uid for uid, _ in pairs])
        link.send(*(lines + [tag + " OK done"]))

    def on_expunge(self, link, tag, rest):
        link.send(*(self.remove(link, lambda letter: "\\Deleted" in letter.flags) + [tag + " OK done"]))

    def on_uid_expunge(self, link, tag, rest):
        uids = [letter.uid for _, letter in self.chosen(link, rest)]
        link.send(*(self.remove(link, lambda letter: letter.uid in uids and "\\Deleted" in letter.flags) + [tag + " OK done"]))

    def on_create(self, link, tag, rest):
        self.boxes[rest.strip('"')] = Box()
        link.send(tag + " OK done")
