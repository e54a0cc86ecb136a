"""Letters written by Malle, read back by another parser (Python's email)."""

import email
import email.policy
import os
import re
import subprocess
import tempfile

from support import tap

DRIVER = os.path.join(tap.build_dir(), "tests", "mime", "letter-driver")
BASE = {"from": "Alice Martin <alice@example.org>", "to": "bob@example.net", "subject": "Hello", "text": "A word.\n"}


class Written:
    def __init__(self, octets, recipients):
        self.octets, self.recipients = octets, recipients
        self.message = email.message_from_bytes(octets, policy=email.policy.default)

    def header(self):
        return self.octets.split(b"\r\n\r\n", 1)[0]


def write(*more, **fields):
    """The letter with these fields, and what must be true of every letter."""
    values = ["%s=%s" % (key.replace("_", "-"), value) for key, value in {**BASE, **fields}.items() if value is not None]
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "letter")
        done = subprocess.run([DRIVER, path, *values, *more], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path, "rb") as file:
            octets = file.read()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", octets), "a bare line end"
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert all(octet < 128 and octet != 0 for octet in octets), "beyond 7 bits"
    written = Written(octets, done.stdout.split())
    assert not written.message.defects, written.message.defects
    for name in ("From", "Date", "Message-ID"):
        assert len(written.message.get_all(name)) == 1, name
    return written


def refused(*more, **fields):
    values = ["%s=%s" % (key.replace("_", "-"), value) for key, value in {**BASE, **fields}.items()]
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run([DRIVER, os.path.join(directory, "letter"), *values, *more], capture_output=True, text=True)
        assert done.returncode != 0 and os.listdir(directory) == []
        return done.stderr


SUBJECTS = ["Hello", "Œuvre d’été: «ça marche» — déjà vu?", "Привет, мир", "こんにちは、世界。" * 12, "שלום עולם", "🧳 bagage 🧳",
            "x" * 2000, "a  b   c", "=?utf-8?q?not=20encoded?=", "tab\tinside", "é" * 600]


def test_subjects():
    """subjects of many languages and lengths come back as they were"""
    for subject in SUBJECTS:
        assert write(subject=subject).message["Subject"] == subject.replace("\t", " "), subject


TEXTS = ["", "\n", "one line without end", ".\n..\n.dot at the beginning\n", "From the beginning\n>From quoted\n",
         "été à Noël, “quotes”\n", "x" * 5000 + "\n", "é" * 5000 + "\n", "trailing space \nand tab\t\n", "日本語のテキスト\n" * 50,
         "-- \nsignature\n", "a\n\n\n\nb\n", "\ttab\n", "🧳\n", "x" * 998 + "\n", "x" * 999 + "\n", "=3D=\n"]


def test_texts():
    """texts come back byte for byte, whatever lines they have"""
    for text in TEXTS:
        read = write(text=text).message.get_content()
        expected = text if text.endswith("\n") or not text else text + "\n"
        assert read.replace("\r\n", "\n") == expected, (text[:60], read[:60])


def test_addresses():
    """names are encoded, quoted and rebuilt; domains travel as A-labels; each recipient once"""
    written = write(to='Bob <bob@example.net>, "Smith, Zoé" <zoe@bücher.example>, team: a@x.org, b@x.org;',
                    cc="BOB <bob@example.net>, Ünal <u@example.org>", bcc="secret@example.org", reply_to="Liste <l@example.org>")
    to = written.message["To"].addresses
    assert [(a.display_name, a.addr_spec) for a in to] == [
        ("Bob", "bob@example.net"), ("Smith, Zoé", "zoe@xn--bcher-kva.example"), ("", "a@x.org"), ("", "b@x.org")], to
    assert written.message["Cc"].addresses[1].display_name == "Ünal"
    assert written.recipients == ["bob@example.net", "zoe@xn--bcher-kva.example", "a@x.org", "b@x.org", "u@example.org",
                                  "secret@example.org"]
    assert written.message["Reply-To"] == "Liste <l@example.org>"


def test_bcc():
    """the hidden recipients stand in nothing that is sent, and in the copy that is kept"""
    assert b"secret@example.org" not in write(bcc="secret@example.org").octets
    assert write("keep-bcc", bcc="Secret <secret@example.org>").message["Bcc"] == "Secret <secret@example.org>"


def test_message_id():
    """the Message-ID is of the sender's domain, and tells nothing of this machine"""
    first, second = write().message["Message-ID"], write().message["Message-ID"]
    assert first != second and re.fullmatch(r"<[0-9a-f-]{36}@example\.org>", first), first
    assert os.uname().nodename not in write().header().decode() or len(os.uname().nodename) < 3


def test_threading():
    """a reply names what it answers; a long chain folds"""
    chain = ["%030d.%d@mail.example.org" % (i, i) for i in range(60)]
    written = write(*["reference=" + one for one in chain], in_reply_to=chain[-1])
    assert written.message["In-Reply-To"] == "<%s>" % chain[-1]
    assert written.message["References"].split() == ["<%s>" % one for one in chain]
    assert max(map(len, written.header().split(b"\r\n"))) <= 200


def test_injection():
    """nothing that stands in a field, a name or a file name becomes a field or a line of its own"""
    evil = "x\r\nBcc: eve@evil.example\r\n\r\nbody"
    for fields in (dict(subject=evil), dict(to="Bob " + evil + " <bob@example.net>"), dict(to='"Bob\r\nX-Evil: 1" <bob@example.net>'),
                   dict(in_reply_to="a@b>\r\nX-Evil: 1"), dict(reply_to="a@b\r\nX-Evil: 1"), dict(subject="\x00\x1b[31m")):
        try:
            written = write(**{key: value.replace("\x00", "") for key, value in fields.items()})
        except AssertionError as failure:
            assert "is no address" in str(failure), failure
            continue
        assert written.message["Bcc"] is None and written.message["X-Evil"] is None, fields
        assert "eve@evil.example" not in written.recipients, fields
    written = write("field=X-Good: fine\r\nX-Evil: 1", "field=Bad Name: 1", "field=NoColon")
    assert written.message["X-Evil"] is None and written.message["X-Good"].split() == ["fine", "X-Evil:", "1"]


def test_no_address():
    """what is no address is named, and nothing is written"""
    for wrong in ("bob", "bob@", "@example.net", "a b c", "bob@exa\x01mple.net"):
        assert "is no address" in refused(to=wrong), wrong


NAMES = ["report.pdf", "Résumé – été 2026.pdf", "日本語.txt", "a\"b;c=d.txt", "very " * 60 + "long.txt", "..", "-rf", "x\r\nX-Evil: 1"]


def test_attachments():
    """attachments come back byte for byte, under their names"""
    contents = os.urandom(300_000)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "data.bin")
        with open(path, "wb") as file:
            file.write(contents)
        for name in NAMES:
            written = write("attach=" + path, "name=" + name, "description=Ce qu’il faut")
            assert written.message.get_content_type() == "multipart/mixed"
            part = list(written.message.iter_attachments())[0]
            assert part.get_content() == contents
            assert part.get_filename() == re.sub(r"[\r\n]", " ", name), (name, part.get_filename())
            assert written.message["X-Evil"] is None and part["X-Evil"] is None
        assert "cannot be read" in refused("attach=" + os.path.join(directory, "not-there"))
        empty = os.path.join(directory, "empty")
        open(empty, "w").close()
        assert list(write("attach=" + empty).message.iter_attachments())[0].get_content() in (b"", "")


def test_forwarded():
    """a message attached stays a message, unless it cannot travel as it is"""
    with tempfile.TemporaryDirectory() as directory:
        for octets, kind in ((b"From: a@b\r\nSubject: inner\r\n\r\ntext\r\n", "message/rfc822"),
                             (b"From: a@b\nSubject: inner\n\ntext\n", "message/rfc822"),
                             ("From: a@b\n\nété\n".encode(), "application/octet-stream")):
            path = os.path.join(directory, "inner.eml")
            with open(path, "wb") as file:
                file.write(octets)
            part = list(write("attach=" + path).message.iter_attachments())[0]
            # libmagic sees mail only where it begins as it knows it.
            assert part.get_content_type() in (kind, "text/plain"), part.get_content_type()


def test_alternative():
    """an HTML text stands beside the plain one, the richer last"""
    written = write(text="plain été\n", html="<p>rich été</p>\n")
    assert [part.get_content_type() for part in written.message.iter_parts()] == ["text/plain", "text/html"]
    assert written.message.get_body(("html",)).get_content().strip() == "<p>rich été</p>"


def unflow(text):
    """RFC 3676 §4.1, without DelSp."""
    out, paragraph = [], None
    for line in text.split("\n")[:-1]:
        quote = re.match(r">*", line).group(0)
        line = line[len(quote):]
        line = line[1:] if line.startswith(" ") else line
        soft = line.endswith(" ") and line != "-- "
        if paragraph is not None:
            line = paragraph + line
        if soft:
            paragraph = line
        else:
            out.append(quote + line)
            paragraph = None
    return out


def test_flowed():
    """format=flowed: long lines break softly, and come together again as they were"""
    text = ("word " * 60).rstrip() + "\n  two spaces\nFrom here\n> quoted " + "long " * 30 + "\n\n-- \nsig\nété " * 1 + "日本" * 60 + "\n"
    written = write("flowed", text=text)
    assert written.message.get_content_type() == "text/plain" and written.message["Content-Type"].params["format"] == "flowed"
    content = written.message.get_content().replace("\r\n", "\n")
    own = [line for line in content.split("\n") if not line.startswith(">")]
    assert max(len(line) for line in own if " " in line) <= 79, content
    expected = [line.rstrip() if line != "-- " else line for line in text.split("\n")[:-1]]
    assert [line.rstrip() if line != "-- " else line for line in unflow(content)] == \
        [re.sub(r"^(>+) ", r"\1", line) for line in expected], unflow(content)


def again(written, directory):
    """The letter read back by Malle, kept as a draft, and written again."""
    first, second = os.path.join(directory, "first"), os.path.join(directory, "second")
    with open(first, "wb") as file:
        file.write(written.octets)
    done = subprocess.run([DRIVER, second, "read=%s,%s" % (first, os.path.join(directory, "parts"))], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with open(second, "rb") as file:
        return Written(file.read(), [])


def test_read_back():
    """a letter that is read back and written again says the same, field by field and byte by byte"""
    contents = os.urandom(70_000)
    for number, text in enumerate(TEXTS + ["soft " * 60 + "\n> quoted " + "long " * 40 + "\n"]):
        for more in ((), ("flowed",)):
            with tempfile.TemporaryDirectory() as directory:
                path = os.path.join(directory, "data.bin")
                with open(path, "wb") as file:
                    file.write(contents)
                name = NAMES[number % len(NAMES)]
                before = write("keep-bcc", "attach=" + path, "name=" + name, "description=Ce qu’il faut", *more,
                               *(["reference=a@b", "reference=c@d"] if number % 2 else []), text=text,
                               subject=SUBJECTS[number % len(SUBJECTS)], cc="Ünal <u@example.org>, c@x.org",
                               bcc="Secret <secret@example.org>", reply_to="Liste <l@example.org>", in_reply_to="c@d")
                after = again(before, directory)
                for field in ("From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References"):
                    expected = before.message[field] if field != "References" or number % 2 else "<c@d>"
                    assert after.message[field] == expected, (field, after.message[field], expected)
                assert after.message.get_body().get_content() == before.message.get_body().get_content(), text[:40]
                [kept], [attached] = after.message.iter_attachments(), before.message.iter_attachments()
                assert kept.get_content() == contents and kept.get_filename() == attached.get_filename()
                assert kept["Content-Description"] == "Ce qu’il faut"
                modes = [os.stat(os.path.join(directory, "parts", one)).st_mode & 0o777 for one in os.listdir(os.path.join(directory, "parts"))]
                assert modes == [0o600] and os.stat(os.path.join(directory, "parts")).st_mode & 0o777 == 0o700


tap.main()
