"""Mailboxes of many messages, always the same ones, made once in the build directory.

    home = mailsets.home(100000)
    with Dovecot(home_source=home) as server: ...

The home of the user "test" holds INBOX with the messages of a busy list (threads, several languages and
scripts, seen, answered and flagged ones, a few keywords; about 2.7 kB each, 1.7 kB of that header, as mail
that has passed a list has it), and the mailbox "Attachments" with ten letters of which the third carries
5 MB.
"""

import base64
import fcntl
import os
import random
import shutil
import subprocess
import tempfile
import time
from email.header import Header

from support import tap
from support.servers.dovecot import Dovecot

VERSION = 3                 # raised whenever the messages change, so that old sets are not used again
FIRST_DATE = 1_500_000_000

_GIVEN = """Anna Béatrice Chloé Dagmar Émile François Günter Håkon Irène Jürgen Kateřina Łukasz María Nuño Olga
Päivi Quentin Renée Søren Tomáš Ursula Václav Wang Xavier Yuki Zoë Aiko Bogdan Ciarán Dmitri Eleni Farid Giulia
Hassan Ivan João Kwame Leila Miguel Ngozi Óscar Priya Rachel Sanjay Thabo Ulla Víctor Wei Yusuf Zsófia""".split()
_FAMILY = """Abramov Berger Carvalho Dubois Eriksson Fernández García Haddad Ibrahim Jansen Kowalska Lefèvre Müller
Nakamura Okafor Petrov Quispe Rossi Sánchez Takahashi Ueda Virtanen Weiß Xu Yamamoto Žižka Ångström Bianchi Chen
Durand Evans Fischer Grün Hoffmann Ivanova Johansson Krüger Lindqvist Moreau Novák O'Brien Popescu Rasmussen
Szabó Tremblay Ünal Vogel Wójcik Yılmaz Zhang""".split()
_OTHER_SCRIPTS = ["Дмитрий Соколов", "山田太郎", "Ελένη Παπαδοπούλου", "محمد علي", "דוד לוי", "김민준", "王小明"]
_TOPICS = """build failure on|question about|patch: tidy|announce: release of|lost mail with|bug in|idea for|
slow start of|how to configure|crash in|minutes of the meeting on|benchmarks of|documentation of|Fehler in|problème avec|
предложение о|質問:|pregunta sobre|regression in|RFC: replacing""".replace("\n", "").split("|")
_THINGS = """the parser|threaded view|IMAP IDLE|the résumé page|UTF-8 subjects|the nightly job|the store|key bindings|
the index|attachments|quoted text|the Debian package|ARM64|the address book|sorting|l’interface|die Übersetzung|
the 2.0 branch|a full disk|time zones""".replace("\n", "").split("|")
_WORDS = """the of and to in is that it was for on are as with his they be at one have this from or had by not word
but what some we can out other were all there when up use your how said an each she which do their time if will way
about many then them write would like so these her long make thing see him two has look more day could go come did
number sound no most people my over know water than call first who may down side been now find""".split()


def _encoded(text):
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=70).encode()


class _List:
    """Writes the messages of a mailing list, each from the number before it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        names = [g + " " + f for g in _GIVEN for f in _FAMILY[:8]] + _OTHER_SCRIPTS * 4
        self.people = [(_encoded(name), "person%d@host%d.example.org" % (i, i % 37)) for i, name in enumerate(names)]
        words = self.random.choices(_WORDS, k=40000)
        self.paragraphs = [self._paragraph(words, i * 60) for i in range(600)]
        self.recent = []        # (subject, references, id) that can still be answered

    def _paragraph(self, words, start):
        lines, line = [], ""
        for word in words[start:start + 60]:
            if len(line) + len(word) > 70:
                lines.append(line)
                line = ""
            line += (" " if line else "") + word
        return "\n".join(lines + [line]) + "\n"

    def message(self, number):
        r = self.random
        name, address = r.choice(self.people)
        when = FIRST_DATE + number * 600 + r.randrange(500)
        identity = "<%x.%d.%s>" % (when, number, address)
        if self.recent and r.random() < 0.7:
            subject, references, parent = r.choice(self.recent)
            references = (references + [parent])[-5:]
            if not subject.startswith("Re: "):
                subject = "Re: " + subject
        else:
            subject = "[list] %s %s (%d)" % (r.choice(_TOPICS), r.choice(_THINGS), number)
            references, parent = [], None
        self.recent = (self.recent + [(subject, references, identity)])[-40:]
        to = r.choice(self.people)
        day = time.gmtime(when)
        date = time.strftime("%a, %d %b %Y %H:%M:%S", day)
        seen = r.random() < 0.9
        status = "RO" if seen else "O"
        marks = ("A" if seen and r.random() < 0.1 else "") + ("F" if r.random() < 0.03 else "")
        keywords = r.choice(["$Important", "$Junk", "work", "todo"]) if r.random() < 0.02 else ""
        head = [
            "From list-bounces@lists.example.org %s" % time.strftime("%a %b %e %H:%M:%S %Y", day),
            "Return-Path: <list-bounces@lists.example.org>",
            "Received: from mx%d.example.net (mx%d.example.net [192.0.2.%d])\n\tby mail.example.org (Postfix) with "
            "ESMTPS id %X\n\tfor <test@example.org>; %s +0000 (UTC)" % (number % 7, number % 7, number % 250, when, date),
            "Received: from lists.example.org (localhost [127.0.0.1])\n\tby lists.example.org (Postfix) with ESMTP id "
            "%X;\n\t%s +0000 (UTC)" % (when * 3, date),
            "Received: from desk.%s (unknown [198.51.100.%d])\n\tby smtp.%s (Postfix) with ESMTPSA id %X;\n\t%s +0000"
            % (address.split("@")[1], number % 251, address.split("@")[1], when * 5, date),
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail; t=%d;\n\tbh=%s;\n\t"
            "h=From:To:Subject:Date:List-Id;\n\tb=%s" % (when, base64.b64encode(r.randbytes(32)).decode(),
                                                         base64.b64encode(r.randbytes(192)).decode()),
            "From: %s <%s>" % ('"%s"' % name if "'" in name else name, address),
            "To: list@lists.example.org",
            "Cc: %s <%s>" % (to[0], to[1]) if number % 3 == 0 else None,
            "Subject: " + (_encoded(subject) if not subject.isascii() else subject),
            "Date: %s +0000" % date,
            "Message-ID: " + identity,
            "In-Reply-To: " + parent if parent else None,
            "References: " + "\n\t".join(references) if references else None,
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "List-Id: A busy list <list.lists.example.org>",
            "List-Post: <mailto:list@lists.example.org>",
            "List-Unsubscribe: <https://lists.example.org/options/list>,\n\t<mailto:list-request@lists.example.org>",
            "User-Agent: Mutt/2.2.9 (2022-11-12)",
            "Status: " + status,
            "X-Status: " + marks if marks else None,
            "X-Keywords: " + keywords if keywords else None,
        ]
        quote = "".join("> " + line + "\n" for line in r.choice(self.paragraphs).splitlines()[:3]) if parent else ""
        return "%s\n\n%s%s\n%s-- \n%s\n\n" % ("\n".join(h for h in head if h is not None), quote,
                                              r.choice(self.paragraphs), r.choice(self.paragraphs), address)


def letters(count, seed=1):
    """The same messages as they travel, without what only an mbox has."""
    source = _List(seed)
    for number in range(count):
        text = source.message(number).partition("\n")[2]
        head, _, body = text.partition("\n\n")
        lines = [line for line in head.split("\n") if not line.startswith(("Status:", "X-Status:", "X-Keywords:"))]
        yield ("\n".join(lines) + "\n\n" + body).encode()


def into_maildir(path, messages, owner):
    """Into the cur of a Maildir, oldest first, without asking the server that it belongs to. owner: (uid, gid)."""
    for number, text in enumerate(messages, len(os.listdir(os.path.join(path, "cur")))):
        name = os.path.join(path, "cur", "%d.M%dP1.set,S=%d:2,S" % (FIRST_DATE + number * 600, number, len(text)))
        with open(name, "wb") as file:
            file.write(text)
        os.utime(name, (FIRST_DATE + number * 600,) * 2)
        if os.getuid() == 0:
            os.chown(name, *owner)


def append_all(link, mailbox, messages):
    """By an imaplib link to a server with LITERAL+ and MULTIAPPEND, a hundred at a time."""
    pieces = [b"(\\Seen) {%d+}\r\n%s" % (len(text), text) for text in (text.replace(b"\n", b"\r\n") for text in messages)]
    for start in range(0, len(pieces), 100):
        link.send(b'fill APPEND "%s" %s\r\n' % (mailbox.encode(), b" ".join(pieces[start:start + 100])))
        while not (line := link.readline()).startswith(b"fill"):
            assert line, "the server ended the link"
        assert line.startswith(b"fill OK"), line


def write_mbox(path, count, seed=1):
    source = _List(seed)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(source.message(number))


def attachment_message(size=3_750_000, seed=7):
    """A letter with an attachment of 5 MB as it is carried (base64)."""
    data = base64.encodebytes(random.Random(seed).randbytes(size)).replace(b"\n", b"\r\n")
    return b"".join([
        b"From: Anna Berger <anna@example.org>\r\nTo: test@example.org\r\nSubject: The plans, as promised\r\n",
        b"Date: Tue, 04 Mar 2025 10:00:00 +0000\r\nMessage-ID: <plans.5mb@example.org>\r\nMIME-Version: 1.0\r\n",
        b'Content-Type: multipart/mixed; boundary="=-bag"\r\n\r\n--=-bag\r\n',
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHere are the plans.\r\n\r\nAnna\r\n--=-bag\r\n",
        b'Content-Type: application/pdf; name="plans.pdf"\r\n',
        b'Content-Disposition: attachment; filename="plans.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
        data, b"--=-bag--\r\n"])


def _fill(home, count):
    with tempfile.TemporaryDirectory(prefix="malle-set-") as work, Dovecot(compress=False) as server:
        os.chmod(work, 0o755)
        mbox = os.path.join(work, "source", "INBOX")
        os.mkdir(os.path.join(work, "source"))
        write_mbox(mbox, count)
        uid = server.mail_uid
        for path in (work, os.path.dirname(mbox), mbox):
            os.chown(path, uid, server.mail_gid)
        server.doveadm("import", "-u", "test", "mbox:%s:INBOX=%s" % (os.path.dirname(mbox), mbox), "", "mailbox", "INBOX")
        link = server.client()
        link.create("Attachments")
        letters = _List(5)
        for number in range(10):
            text = attachment_message() if number == 2 else letters.message(number).partition("\n")[2].encode()
            link.append("Attachments", None, '"%s"' % time.strftime("%d-%b-%Y %H:%M:%S +0000",
                                                                    time.gmtime(1_741_000_000 + number * 86400)), text)
        # What a server that has been in use for a while has in its own cache.
        link._MAXLINE = 1 << 30
        for mailbox in ("INBOX", "Attachments"):
            exists = int(link.select(mailbox)[1][0])
            if mailbox == "INBOX":
                tap.equal(exists, count, "messages filled into INBOX")
            for start in range(1, exists + 1, 5000):
                link.fetch("%d:%d" % (start, min(exists, start + 4999)),
                           "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (DATE FROM "
                           "SENDER SUBJECT TO CC MESSAGE-ID REFERENCES IN-REPLY-TO CONTENT-TYPE CONTENT-DESCRIPTION "
                           "REPLY-TO LINES LIST-POST LIST-ID LIST-SUBSCRIBE LIST-UNSUBSCRIBE X-LABEL X-ORIGINAL-TO "
                           "NEWSGROUPS FOLLOWUP-TO X-COMMENT-TO)])")
        link.logout()
        server.stop()
        subprocess.run(["cp", "-a", server.path("homes", "test"), home + ".part"], check=True)
        os.rename(home + ".part", home)


def home(count):
    """The directory with the ready home; made now if nobody has yet."""
    # Owner and count are in the name: root fills for another user than an ordinary person does.
    directory = os.environ.get("MALLE_MAIL_SETS") or os.path.join(tap.build_dir(), "mail-sets")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "v%d-%d-%d" % (VERSION, os.getuid(), count))
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(path):
            shutil.rmtree(path + ".part", ignore_errors=True)
            _fill(path, count)
    return path
