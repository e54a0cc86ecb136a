"""A Liar (liar.py) with CONDSTORE, QRESYNC, ESEARCH, LIST-STATUS, ENABLE and IDLE: honest, and strict, until it is told to lie.

    server = Modern(INBOX=letters(3))
    server.knows = "IMAP4rev1"      # what it announces beyond that is answered with BAD
"""

import re

from liar import Liar, members

MODERN = "IMAP4rev1 ENABLE IDLE NAMESPACE CONDSTORE QRESYNC ESEARCH LIST-EXTENDED LIST-STATUS UIDPLUS MOVE"


def as_set(numbers):
    return ",".join(str(number) for number in sorted(numbers))


class Modern(Liar):
    def __init__(self, capability=MODERN, **boxes):
        super().__init__(capability, **boxes)
        self.knows = capability
        self.login_words = "OK in"      # no capabilities with it: they are asked for
        self.enabled = {}
        self.modseqs, self.marks, self.gone = {}, {}, {}
        for name, box in self.boxes.items():
            self.modseqs[name], self.gone[name] = 1, []
            for letter in box.letters:
                self.touch(name, letter)

    # --- changes: by a second client, so to say

    def touch(self, name, letter):
        self.modseqs[name] = self.modseqs.get(name, 1) + 1
        self.marks[letter] = self.modseqs[name]

    def add(self, name, number, flags=()):
        letter = self.boxes[name].add(number, flags)
        self.touch(name, letter)
        return letter

    def flag(self, name, number, *flags):
        for letter in self.boxes[name].letters:
            if letter.number == number:
                letter.flags = set(flags)
                self.touch(name, letter)

    def expunge(self, name, *numbers):
        box = self.boxes[name]
        for letter in [letter for letter in box.letters if letter.number in numbers]:
            box.letters.remove(letter)
            self.modseqs[name] += 1
            self.gone[name].append((letter.uid, self.modseqs[name]))

    # --- what it says

    def can(self, name):
        return name in self.knows.split()

    def fetched(self, seq, letter, items="UID FLAGS"):
        line = super().fetched(seq, letter, items)
        return line[:-1] + " MODSEQ (%d))" % self.marks.get(letter, 1) if "MODSEQ" in items else line

    def on_login(self, link, tag, _):
        link.send(tag + " " + self.login_words)

    def on_create(self, link, tag, rest):
        super().on_create(link, tag, rest)
        self.boxes[rest.strip('"')].uidvalidity = 100 + len(self.boxes)

    def on_rename(self, link, tag, rest):
        old, new = rest.replace('"', "").split()
        for held in (self.boxes, self.modseqs, self.gone):
            if old in held:
                held[new] = held.pop(old)
        link.send(tag + " OK done")

    def on_subscribe(self, link, tag, rest):
        link.send(tag + " OK done")

    def on_enable(self, link, tag, rest):
        if not self.can("ENABLE"):
            link.send(tag + " BAD what?")
            return
        names = [name for name in rest.split() if self.can(name.upper())]
        self.enabled[link] = set(names)
        link.send("* ENABLED" + "".join(" " + name for name in names), tag + " OK done")

    def on_namespace(self, link, tag, _):
        if self.can("NAMESPACE"):
            link.send('* NAMESPACE (("" "/")) NIL NIL', tag + " OK done")
        else:
            link.send(tag + " BAD what?")

    def on_idle(self, link, tag, _):
        if not self.can("IDLE"):
            link.send(tag + " BAD what?")
            return
        link.send("+ idling")
        assert link.line().upper() == "DONE"
        link.send(tag + " OK done")

    def select_lines(self, name):
        box = self.boxes[name]
        lines = ["* %d EXISTS" % len(box.letters), "* 0 RECENT", r"* FLAGS (\Seen \Deleted \Flagged \Answered \Draft)",
                 r"* OK [PERMANENTFLAGS (\Seen \Deleted \Flagged \Answered \Draft \*)] ok",
                 "* OK [UIDVALIDITY %d] ok" % box.uidvalidity, "* OK [UIDNEXT %d] ok" % box.uidnext]
        return lines + (["* OK [HIGHESTMODSEQ %d] ok" % self.modseqs.setdefault(name, 1)] if self.can("CONDSTORE") else [])

    def resync_lines(self, name, since):
        box = self.boxes[name]
        gone = [uid for uid, modseq in self.gone.setdefault(name, []) if modseq > since]
        lines = ["* VANISHED (EARLIER) " + as_set(gone)] if gone else []
        return lines + [self.fetched(seq, letter, "UID FLAGS MODSEQ") for seq, letter in enumerate(box.letters, 1)
                        if self.marks.get(letter, 1) > since]

    def on_select(self, link, tag, rest):
        name = rest.split(" (")[0].strip('"')
        resync = re.search(r"\(QRESYNC \((\d+) (\d+)", rest)
        if (resync and (not self.can("QRESYNC") or "QRESYNC" not in self.enabled.get(link, ()))) or \
                ("(CONDSTORE)" in rest and not self.can("CONDSTORE")):
            link.send(tag + " BAD what parameters?")
            return
        if name not in self.boxes:
            link.send(tag + " NO [NONEXISTENT] no such mailbox")
            return
        closed = ["* OK [CLOSED] the one before"] if link in self.selected else []
        self.selected[link] = name
        lines = closed + self.select_lines(name)
        if resync and int(resync.group(1)) == self.boxes[name].uidvalidity:
            lines += self.resync_lines(name, int(resync.group(2)))
        link.send(*(lines + [tag + " OK [READ-WRITE] selected"]))

    on_examine = on_select

    def on_list(self, link, tag, rest):
        if "RETURN" in rest and not self.can("LIST-EXTENDED") or "STATUS" in rest and not self.can("LIST-STATUS"):
            link.send(tag + " BAD what options?")
            return
        lines = []
        for name, box in self.boxes.items():
            lines.append('* LIST (\\HasNoChildren) "/" %s' % name)
            if "STATUS" in rest:
                unseen = len([letter for letter in box.letters if "\\Seen" not in letter.flags])
                lines.append("* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY %d UNSEEN %d)" %
                             (name, len(box.letters), box.uidnext, box.uidvalidity, unseen))
        link.send(*(lines + [tag + " OK done"]))

    def on_uid_fetch(self, link, tag, rest):
        since = re.search(r"\(CHANGEDSINCE (\d+)\)", rest)
        if since is None:
            super().on_uid_fetch(link, tag, rest)
            return
        if not self.can("CONDSTORE"):
            link.send(tag + " BAD what modifier?")
            return
        lines = [self.fetched(seq, letter, "UID FLAGS MODSEQ") for seq, letter in self.chosen(link, rest.partition(" ")[0])
                 if self.marks.get(letter, 1) > int(since.group(1))]
        link.send(*(lines + [tag + " OK done"]))

    def on_uid_search(self, link, tag, rest):
        if "RETURN" not in rest:
            super().on_uid_search(link, tag, rest)
            return
        if not self.can("ESEARCH"):
            link.send(tag + " BAD what is RETURN?")
            return
        uids = [letter.uid for letter in self.box(link).letters]
        link.send('* ESEARCH (TAG "%s") UID%s' % (tag, " ALL " + as_set(uids) if uids else ""), tag + " OK done")

    def on_uid_store(self, link, tag, rest):
        super().on_uid_store(link, tag, rest)
        for _, letter in self.chosen(link, rest.partition(" ")[0]):
            self.touch(self.selected[link], letter)

    def remove(self, link, condition):
        """With QRESYNC enabled in UIDs, else in numbers."""
        name = self.selected[link]
        leaving = [letter.uid for letter in self.box(link).letters if condition(letter)]
        lines = super().remove(link, condition)
        for uid in leaving:
            self.modseqs[name] += 1
            self.gone[name].append((uid, self.modseqs[name]))
        if "QRESYNC" in self.enabled.get(link, ()):
            return ["* VANISHED " + as_set(leaving)] if leaving else []
        return lines

    def copy(self, link, rest):
        pairs = super().copy(link, rest)
        target = rest.partition(" ")[2].strip('"')
        for letter in self.boxes[target].letters:
            if letter.uid in [uid for _, uid in pairs]:
                self.touch(target, letter)
        return pairs


def flags_of(server, name):
    return {letter.number: letter.flags for letter in server.boxes[name].letters}


__all__ = ["Modern", "MODERN", "flags_of", "members"]
