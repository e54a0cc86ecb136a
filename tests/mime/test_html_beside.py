"""The corpus of HTML pages (tests/mime/html) beside w3m -dump and lynx -dump: what each of the three gets right of what tests/mime/html/checks asks.

Malle has to get all of it right. The table in doc/html.md is what came of it; MALLE_WRITE_EXPECTED=1 writes it anew.

Checks, A and B being pieces of text, white space not counted:
  has A, no A, times A N     it is there, it is not, it is there so many times
  together A                 its words stand one behind another, with nothing between them
  order A | B                they come in this order
  row A | B                  in one line, in this order
  ends A | B, starts A | B   in the same column
  deeper A | B               B begins further to the right than A
  hangs A                    the next line begins where A does
  near A | B                 B stands close to A
  gap A | B | N              at most N empty lines between them
  quoted A | B               all lines from A to B begin with "> "
  line REGEX, width N, nocontrol, blank
"""

import os
import re
import shutil
import subprocess
import unicodedata

from support import tap

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PAGES = os.path.join(ROOT, "tests", "mime", "html")
TABLE = os.path.join(ROOT, "doc", "html.md")
COLUMNS = 80
TOOLS = {
    "Malle": [os.path.join("tests", "mime", "html-dump"), str(COLUMNS)],
    "w3m": ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", str(COLUMNS)],
    "lynx": ["lynx", "-dump", "-stdin", "-force_html", "-nolist", "-assume_charset=utf-8", "-display_charset=utf-8", "-width=%d" % COLUMNS],
}


def read_checks():
    """(page, what it is, [(kind, argument)])"""
    pages = []
    with open(os.path.join(PAGES, "checks")) as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("== "):
                name, about = line[3:].split(": ", 1)
                pages.append((name, about, []))
            elif line and not line.startswith("#"):
                kind, _, argument = line.partition(" ")
                pages[-1][2].append((kind, argument))
    return pages


def cells(text):
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Cf", "Mn") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


class Text:
    def __init__(self, text):
        self.raw = text
        self.lines = [line.rstrip() for line in text.replace("\u00a0", " ").split("\n")]
        # marks of quotes are no words of the text
        self.flat = " ".join(" ".join(re.sub(r"^(?:> ?)+", "", line) for line in self.lines).split())

    def line_of(self, piece):
        for number, line in enumerate(self.lines):
            if piece in line:
                return number, cells(line[:line.index(piece)])
        return None

    def has(self, piece):
        return " ".join(piece.split()) in self.flat

    together = has

    def no(self, piece):
        return not self.has(piece)

    def times(self, argument):
        piece, number = argument.rsplit(" ", 1)
        return self.flat.count(piece) == int(number)

    def order(self, *pieces):
        at = 0
        for piece in pieces:
            found = self.flat.find(" ".join(piece.split()), at)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    def row(self, *pieces):
        def fits(line):
            at = 0
            for piece in pieces:
                found = line.find(piece, at)
                if found < 0:
                    return False
                at = found + len(piece)
            return True
        return any(fits(line) for line in self.lines)

    def ends(self, *pieces):
        found = {cells(line[:line.rindex(piece)] + piece) for piece in pieces for line in self.lines if piece in line}
        return len(found) == 1

    def starts(self, *pieces):
        found = [self.line_of(piece) for piece in pieces]
        return all(found) and len({column for _, column in found}) == 1

    def deeper(self, a, b):
        first, second = self.line_of(a), self.line_of(b)
        return bool(first and second) and second[1] > first[1]

    def hangs(self, piece):
        found = self.line_of(piece)
        if not found or found[0] + 1 >= len(self.lines):
            return False
        following = self.lines[found[0] + 1]
        return cells(following[:len(following) - len(following.lstrip())]) == found[1]

    def near(self, a, b):
        return any(abs(i.start() - j.start()) < 120 + len(a) for i in re.finditer(re.escape(a), self.flat) for j in re.finditer(re.escape(b), self.flat)
                   if i.start() != j.start())

    def gap(self, a, b, most):
        first, second = self.line_of(a), self.line_of(b)
        return bool(first and second) and second[0] - first[0] - 1 <= int(most)

    def quoted(self, a, b):
        first, second = self.line_of(a), self.line_of(b)
        return bool(first and second) and all(line.startswith(">") for line in self.lines[first[0]:second[0] + 1])

    def line(self, pattern):
        return any(re.search(pattern, line) for line in self.lines)

    def width(self, most):
        return all(cells(line) <= int(most) for line in self.lines)

    def nocontrol(self, _):
        return not any(unicodedata.category(c) == "Cc" and c not in "\n\t" or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068" for c in self.raw)

    def blank(self, _):
        return not self.flat

    def passes(self, kind, argument):
        several = ("order", "row", "ends", "starts", "deeper", "near", "gap", "quoted")
        return getattr(self, kind)(*([piece.strip() for piece in argument.split(" | ")] if kind in several else [argument]))


def dump(tool, page):
    with open(os.path.join(PAGES, page + ".html"), "rb") as file:
        done = subprocess.run(TOOLS[tool], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=dict(os.environ, LC_ALL="C.UTF-8", HOME=os.environ.get("TMPDIR", "/tmp"), TERM="dumb"))
    return Text(done.stdout.decode(errors="replace"))


def misses(tool, page, checks):
    text = dump(tool, page)
    return ["%s %s" % check for check in checks if not text.passes(*check)]


def test_corpus():
    """there are at least sixty pages, and each has something to be asked of it"""
    pages = read_checks()
    names = sorted(name[:-5] for name in os.listdir(PAGES) if name.endswith(".html"))
    tap.equal(sorted(page for page, _, _ in pages), names)
    assert len(names) >= 60, len(names)


def test_malle():
    """Malle gets all of it right"""
    wrong = []
    for page, about, checks in read_checks():
        for missed in misses("Malle", page, checks):
            wrong.append("%s (%s): %s" % (page, about, missed))
    assert not wrong, "\n".join(wrong)


def table():
    rows, right, all_of_it, all_right = [], {tool: 0 for tool in TOOLS}, 0, {tool: 0 for tool in TOOLS}
    for page, about, checks in read_checks():
        if not checks:
            continue
        got = {}
        for tool in TOOLS:
            got[tool] = len(checks) - len(misses(tool, page, checks))
            right[tool] += got[tool]
            all_right[tool] += got[tool] == len(checks)
        all_of_it += len(checks)
        rows.append("| %s | %s | %s |" % (page, about, " | ".join("%d/%d" % (got[tool], len(checks)) for tool in TOOLS)))
    head = ["| page | what it is | %s |" % " | ".join(TOOLS), "|---|---|%s" % ("---:|" * len(TOOLS))]
    foot = ["| **pages without a miss** | of %d | %s |" % (len(rows), " | ".join("**%d**" % all_right[tool] for tool in TOOLS)),
            "| **checks** | of %d | %s |" % (all_of_it, " | ".join("**%d**" % right[tool] for tool in TOOLS))]
    return "\n".join(head + rows + foot) + "\n"


def test_table():
    """doc/html.md says what comes of it beside w3m and lynx"""
    for tool in ("w3m", "lynx"):
        tap.need(shutil.which(tool), tool + " is not installed")
    made = table()
    with open(TABLE) as file:
        page = file.read()
    start, end = page.index("| page |"), page.index("\n\n", page.index("| page |")) + 1
    if os.environ.get("MALLE_WRITE_EXPECTED"):
        with open(TABLE, "w") as file:
            file.write(page[:start] + made + page[end:])
        return
    tap.equal(page[start:end], made)


if __name__ == "__main__":
    tap.main()
