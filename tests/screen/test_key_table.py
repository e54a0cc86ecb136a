"""Every row of the table of keys, in each of the three sets, in the real program: key-table says what, PLAY says how it is seen."""

import os
import re

from support import tap
from support.bag import Bag
from support.screen import Screen

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "key-table")
SETS = ("mutt", "alpine", "vi")
SUBJECT = "Einkaufszettel"
NAMES = {"Enter": "Enter", "Space": "Space", "Tab": "Tab", "Esc": "Esc", "Home": "Home", "End": "End", "lt": "<"}


def rows():
    with open(TABLE) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                cells = [cell.replace("\0", "|").strip() for cell in line.replace("\\|", "\0").split("|")]
                assert len(cells) == 1 + len(SETS), line
                yield cells[0], dict(zip(SETS, (cell.split() for cell in cells[1:])))


def press(screen, way):
    """One way of doing it: keys one behind another, or a command by name."""
    if way.startswith(":") and len(way) > 1:
        command(screen, way[1:])
        return
    for name, one in re.findall(r"<([^>]+)>|(.)", way):
        if one:
            screen.keys(one)
        elif name.startswith("C-"):
            screen.keys("^" + name[2:].upper())
        else:
            screen.keys(NAMES[name])


def command(screen, line):
    screen.keys(*(("Esc", ":") if screen.set_name == "alpine" else (":",)))
    screen.until(lambda s: s.line(23).startswith(":"))
    screen.type(line)
    screen.keys("Enter")


def selected(screen):
    return screen.line(screen.cursor.row)


def in_list(screen):
    """the list of INBOX with the keys, nothing open over it"""
    return screen.line(0).startswith(" INBOX") and "unread of" in screen.line(0) and 1 <= screen.cursor.row <= 20


def to_list(screen):
    """The list of INBOX, whatever was done before; the message SUBJECT selected."""
    screen.keys("^G", "^G", "^G")
    command(screen, "change-mailbox INBOX")
    screen.until(in_list)
    command(screen, "limit ~A")
    command(screen, "unfold-all")
    command(screen, "untag-all")
    screen.until(lambda s: "threads, oldest first" in s.line(0) and "tagged" not in s.line(21))
    command(screen, "search ~s " + SUBJECT)
    screen.until(lambda s: SUBJECT in selected(s))


def to_message(screen, subject=SUBJECT, shown=None):
    to_list(screen)
    command(screen, "search ~s '%s'" % subject)
    screen.until(lambda s: (shown or subject) in selected(s))
    command(screen, "open-message")
    screen.until(lambda s: "From:" in s.text() and (shown or subject) in s.line(0))


# Of the demonstration's INBOX: the ends of the list, and what stands beside SUBJECT. Conditions name messages, never rows that were
# read from the screen before: a frame may have come only in part by then.
FIRST, LAST, ABOVE, BELOW = "29 Oct", "Tu rentres", "Paulo Teixeira", "Ruth Adler"


def moves(direction):
    def play(screen, way):
        to_list(screen)
        press(screen, way)
        screen.until(lambda s: (BELOW if direction > 0 else ABOVE) in selected(s))
    return play


def goes(start, words):
    def play(screen, way):
        to_list(screen)
        command(screen, "first-entry" if start == FIRST else "last-entry")
        screen.until(lambda s: start in selected(s))
        press(screen, way)
        screen.until(lambda s: start not in selected(s) and words(s))
    return play


def asks(words, prepare=to_list):
    """A question on the bottom line, taken back with Esc."""
    def play(screen, way):
        prepare(screen)
        press(screen, way)
        screen.until(lambda s: words in s.line(23))
        screen.keys("Esc")
        screen.until(lambda s: words not in s.line(23))
    return play


def opens(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: "From:" in s.text() and SUBJECT in s.line(0))


def goes_back(screen, way):
    to_message(screen)
    press(screen, way)
    screen.until(in_list)


def deletes(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: s.row_of(SUBJECT) is None and "of 42" in s.line(0))
    command(screen, "undo")
    screen.until(lambda s: s.row_of(SUBJECT) is not None and "of 43" in s.line(0))


def undeletes(screen, way):
    to_list(screen)
    command(screen, "delete-message")
    screen.until(lambda s: "of 42" in s.line(0))
    press(screen, way)
    screen.until(lambda s: s.row_of(SUBJECT) is not None and "of 43" in s.line(0))


def deletes_thread(screen, way):
    to_list(screen)
    command(screen, "search ~s 'Hello from the Malle list'")
    screen.until(lambda s: "Hello from" in selected(s))
    press(screen, way)
    screen.until(lambda s: "of 41" in s.line(0))
    command(screen, "undo")
    screen.until(lambda s: "of 43" in s.line(0))


def goes_to_mailbox(direction):
    def play(screen, way):
        to_list(screen)
        if direction < 0:
            command(screen, "change-mailbox Drafts")
            screen.until(lambda s: s.line(0).startswith(" Drafts"))
        press(screen, way)
        screen.until(lambda s: s.line(0).startswith(" Drafts" if direction > 0 else " INBOX"))
    return play


def goes_to_sidebar(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: "Mailboxes" in s.line(0) and s.cursor.column < 26)
    command(screen, "back")
    screen.until(in_list)


def sign(column, before, after, prepare=None, undo="undo"):
    """A sign of the selected message's row changes, and back."""
    def play(screen, way):
        to_list(screen)
        if prepare:
            command(screen, prepare)
        screen.until(lambda s: s.line(s.row_of(SUBJECT))[column] == before)
        command(screen, "search ~s " + SUBJECT)
        screen.until(lambda s: SUBJECT in selected(s))
        press(screen, way)
        screen.until(lambda s: s.line(s.row_of(SUBJECT))[column] == after)
        command(screen, undo)
        screen.until(lambda s: s.line(s.row_of(SUBJECT))[column] == " ")
    return play


def chooses_flag(words, before, after):
    def play(screen, way):
        to_list(screen)
        if before != " ":
            command(screen, "flag-message")
        screen.until(lambda s: s.line(s.row_of(SUBJECT))[2] == before)
        command(screen, "search ~s " + SUBJECT)
        screen.until(lambda s: SUBJECT in selected(s))
        press(screen, way)
        screen.until(lambda s: words in s.line(23))
        screen.keys("!")
        screen.until(lambda s: s.line(s.row_of(SUBJECT))[2] == after)
        if after != " ":
            command(screen, "undo")
    return play


def tags_pass(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until("tagging what you pass")
    command(screen, "next-entry")
    command(screen, "next-entry")
    screen.until("3 tagged")
    press(screen, way)
    screen.until(lambda s: "tagging what you pass" not in s.text())


def tags(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until("1 tagged")


def applies(screen, way):
    to_list(screen)
    command(screen, "tag-pattern from:kit")
    screen.until("2 tagged")
    press(screen, way)
    screen.until("For all tagged messages")
    screen.keys("d")
    screen.until(lambda s: "of 41" in s.line(0))
    command(screen, "undo")
    screen.until(lambda s: "of 43" in s.line(0))


def searches_on(screen, way):
    """from the first of two matches to the second; the other way round as well, past the end of the list"""
    to_list(screen)
    command(screen, "search from:kit")
    screen.until(lambda s: "Kit Marlowe" in selected(s) and "└─" not in selected(s))
    press(screen, way)
    screen.until(lambda s: "Kit Marlowe" in selected(s) and "└─" in selected(s))


def folds(screen, way):
    to_list(screen)
    command(screen, "search ~s 'Hello from the Malle list'")
    screen.until(lambda s: "Hello from" in selected(s))
    press(screen, way)
    screen.until(lambda s: "▸2" in selected(s))


def folds_all(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: "└─" not in s.text() and "▸" in s.text())


def unfolds_all(screen, way):
    to_list(screen)
    command(screen, "fold-all")
    screen.until(lambda s: "└─" not in s.text() and "▸" in s.text())
    press(screen, way)
    screen.until(lambda s: "└─" in s.text())


def lists_parts(screen, way):
    to_message(screen, "Facture 2043")
    press(screen, way)
    screen.until("Parts of: Facture 2043")


def in_parts(then):
    def play(screen, way):
        to_message(screen, "Répétition générale", "Répétition")
        if then == "previous":
            command(screen, "next-part")
            command(screen, "next-part")
        elif then != "next":
            command(screen, "next-part")
        press(screen, way)
        if then == "save":
            screen.until("Save to:")
        elif then == "open":
            screen.until(lambda s: "Malle" not in s.line(23) and ("xdg-open" in s.text() or "Répétition" in s.text()))
        else:
            screen.until(chosen_part)
    return play


def chosen_part(screen):
    """the first attachment below the text is marked"""
    row = screen.row_of(" 1  ") or 0
    found = [r for r in range(1, 21) if re.match(r"  ?\d  \S+\.\w+", screen.line(r))]
    return bool(found) and (screen.cell(found[0], 6).bg, screen.cell(found[0], 6).reverse) != (screen.cell(row - 1, 6).bg, screen.cell(row - 1, 6).reverse)


def headers(screen, way):
    to_message(screen)
    press(screen, way)
    screen.until(re.compile("(?i)message-id:"))
    press(screen, way)
    screen.until(lambda s: not re.search("(?i)message-id:", s.text()))


def runs_shell(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until("a shell of the test's")
    screen.keys("Enter")
    screen.until(in_list)


def prints(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: "Printed." in s.line(23))


def helps(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until("Help: the list of messages")


def half(screen, way):
    to_list(screen)
    command(screen, "first-entry")
    screen.until(lambda s: FIRST in selected(s))
    press(screen, way)
    screen.until(lambda s: FIRST not in selected(s))


def cancels(screen, way):
    to_list(screen)
    command(screen, "change-mailbox")
    screen.until("Open mailbox:")
    press(screen, way)
    screen.until(lambda s: "Open mailbox:" not in s.text())
    command(screen, "help")
    screen.until("Help:")
    press(screen, way)
    screen.until(in_list)


def checks(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: s.line(23).strip() and "does nothing" not in s.line(23))


def leave_letter(screen):
    screen.keys("q")
    screen.until(lambda s: "What becomes of the letter?" in s.line(23) or not s.line(0).startswith(" Letter:"))
    if "What becomes" in screen.line(23):
        screen.keys("d")
    screen.until(lambda s: not s.line(0).startswith(" Letter:"))


def writes(title, mailbox=None):
    """A letter is begun; the editor of the test's own writes nothing."""
    def play(screen, way):
        to_list(screen)
        if mailbox:
            command(screen, "change-mailbox " + mailbox)
            screen.until(lambda s: mailbox in s.line(0))
        press(screen, way)
        screen.until(lambda s: re.match(title, s.line(0)) and "Send" in s.line(22))
        if "no subject" in title or ".*" in title:
            screen.keys("^G")       # out of the field To
        leave_letter(screen)
    return play


def says(words):
    """Nothing to do here, and the words that belong to the command and to no other."""
    def play(screen, way):
        to_list(screen)
        press(screen, way)
        screen.until(lambda s: re.search(words, s.line(23)))
    return play


def recalls(screen, way):
    to_list(screen)
    press(screen, way)
    screen.until(lambda s: s.line(0).startswith(" Drafts") and "the same key takes it up again" in s.line(23))


def in_letter(question, answer):
    def play(screen, way):
        to_list(screen)
        command(screen, "reply")
        screen.until(lambda s: s.line(0).startswith(" Letter: Re: ") and "Send" in s.line(22))
        press(screen, way)
        screen.until(lambda s: re.search(question, s.text()))
        if answer:
            screen.keys(answer)
        if answer is not None:
            leave_letter(screen)
    return play


PLAY = {
    "compose": writes(r" Letter: \(no subject\)"), "reply": writes(" Letter: Re: " + SUBJECT), "reply to all": writes(" Letter: Re: " + SUBJECT),
    "reply to list": says("(?i)list"), "forward": writes(" Letter: .*" + SUBJECT), "recall draft": recalls,
    "send": in_letter("cannot send|sends nothing|no account|Nothing can be sent|outbox|says where|send =", ""), "attach": in_letter("Attach file:", "^G"),
    "bounce": asks("Send on to:"), "take address": asks("Into the address book:"), "query address": asks("Write to (Tab looks them up):"),
    "postpone": in_letter(r"(?s)^ INBOX", None),
    "next message": moves(1), "previous message": moves(-1), "next entry": moves(1), "previous entry": moves(-1),
    "open": opens, "back": goes_back, "quit": None,
    "first": goes(LAST, lambda s: FIRST in selected(s)), "last": goes(FIRST, lambda s: LAST in selected(s)),
    "next new": goes(FIRST, lambda s: selected(s)[1] == "N"),
    "delete": deletes, "undelete": undeletes, "delete thread": deletes_thread,
    "write changes": asks("Remove the messages marked as deleted"), "save": asks("Move to mailbox:"), "copy": asks("Copy to mailbox:"),
    "export": asks("Write the message to file:"), "change mailbox": asks("Open mailbox:"), "list of mailboxes": goes_to_sidebar,
    "next mailbox": goes_to_mailbox(1), "previous mailbox": goes_to_mailbox(-1),
    "flag": sign(2, " ", "!"), "toggle new": sign(1, " ", "N"), "mark read": sign(1, "N", " ", prepare="unread-message", undo="nothing"),
    "set any": chooses_flag("Set:", " ", "!"), "clear any": chooses_flag("Clear:", "!", " "),
    "label": asks("Keywords"), "tag": tags, "tag pattern": asks("Tag messages matching:"), "tag what is passed": tags_pass,
    "apply to tagged": applies, "search": asks("Search:"), "search next": searches_on, "search opposite": searches_on,
    "limit": asks("Limit to messages matching:"), "sort": asks("Sort by"), "sort reverse": asks("Sort"),
    "fold thread": folds, "fold all": folds_all, "unfold all": unfolds_all, "attachments": lists_parts,
    "next part": in_parts("next"), "previous part": in_parts("previous"), "open part": in_parts("open"), "save part": in_parts("save"),
    "headers": headers, "pipe": asks("Pipe to command:"), "shell": runs_shell, "print": prints,
    "check mail": checks, "command line": asks(":"), "help": helps, "half page": half, "cancel": cancels,
}


class Hands:
    """The demonstration under one set, with a shell and a printer of the test's own."""

    def __init__(self, set_name):
        self.set_name = set_name

    def __enter__(self):
        self.bag = Bag(options="key-set = %s\nadvance = no\neditor = ~/bin/editor\n" % self.set_name).__enter__()
        bin_folder = os.path.join(self.bag.home, "bin")
        os.mkdir(bin_folder)
        for name, text in (("shell", "echo \"a shell of the test's\"; read -r line"), ("lpr", "cat >/dev/null"), ("editor", "exit 0"), ("xdg-open", "exit 0")):
            with open(os.path.join(bin_folder, name), "w") as file:
                file.write("#!/bin/sh\n%s\n" % text)
            os.chmod(file.name, 0o755)
        self.screen = Screen([tap.program(), "--demo"], home=self.bag.home, cwd=self.bag.home, environment={
            "SHELL": os.path.join(bin_folder, "shell"), "PATH": bin_folder + ":" + os.environ["PATH"], "DISPLAY": None}).__enter__()
        self.screen.set_name = self.set_name
        self.screen.until(lambda s: in_list(s) and LAST in selected(s))     # all of it is here
        return self.screen

    def __exit__(self, *error):
        self.screen.__exit__(*error)
        self.bag.__exit__(*error)


def play_set(set_name):
    played = 0
    with Hands(set_name) as screen:
        for action, keys in rows():
            for way in keys[set_name]:
                if way == "-" or PLAY[action] is None:
                    continue
                tap.note("%s: %s %s" % (set_name, action, way))
                PLAY[action](screen, way)
                played += 1
    for way in dict(rows())["quit"][set_name]:
        with Hands(set_name) as screen:
            press(screen, way)
            tap.equal(screen.until_end(), 0)
            played += 1
    tap.equal(played, sum(len([w for w in keys[set_name] if w != "-"]) for _, keys in rows()))


def test_every_row_is_played():
    """the table and what is looked at name the same actions"""
    tap.equal(sorted(action for action, _ in rows()), sorted(PLAY))


def test_mutt():
    """every row of the table in mutt's set"""
    play_set("mutt")


def test_alpine():
    """every row of the table in alpine's set"""
    play_set("alpine")


def test_vi():
    """every row of the table in vi's and aerc's set"""
    play_set("vi")


if __name__ == "__main__":
    tap.main()
