"""The rules of the house that a machine can check; each failure names file and line."""

import fnmatch
import glob
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from support import tap

SOURCE = tap.source_dir()

# What each room may include, beside itself and base/ (doc/internals/rooms.md). A pattern names headers.
ROOMS = {
    "base": [],
    "config": [],
    "net": [],
    "sasl": [],
    "proto": ["sasl/*"],
    "mime": [],
    "local": ["mime/*"],
    "contacts": [],
    "store": ["mime/summary.h", "mime/part.h"],
    "engine": ["config/*", "query/*", "net/*", "sasl/*", "proto/*", "mime/*", "local/*", "store/*"],
    "query": [],
    "model": ["config/*", "contacts/*", "mime/*", "store/reader*.h", "store/rows.h", "engine/*.h", "query/*"],
    "term": [],
    "ui": ["model/*", "term/*", "config/*"],
    "cli": ["model/*", "engine/*", "config/*", "mime/*", "store/reader.h", "store/repair.h", "store/rows.h", "query/query.h"],
}

# Whose headers may be included where, so that a library can be replaced by changing one room.
LIBRARIES = {
    r"openssl/": ["net"],
    r"gsasl\.h": ["sasl"],
    r"sys/socket\.h|netdb\.h|netinet/|arpa/inet\.h|sys/un\.h": ["net"],
    r"sqlite3\.h": ["store"],
    r"n?curses|term\.h|cursesw": ["term"],
    r"gmime/|magic\.h|gumbo\.h": ["mime"],
    r"zlib\.h": ["net", "store"],   # deflate; the checksum of journal.log
}

# Calls that no source makes, and calls that only the rooms that talk to people make.
NEVER = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|tmpnam|mktemp|system|alloca|g_alloca|atoi|atol|"
                   r"atof)\s*\(")
TO_PEOPLE = re.compile(r"\b(printf|puts|putchar|vprintf|g_print|g_printerr|perror|exit|_exit|getpass)\s*\(")
MAY_TALK = ("src/cli/", "src/ui/", "src/term/", "src/main.c")     # term/ is the terminal
CHILD_ONLY = {"_exit"}      # between fork and exec there is no other way out

MAX_LINES = 600


def sources(*endings):
    found = []
    for folder, _, names in os.walk(os.path.join(SOURCE, "src")):
        found += [os.path.join(folder, name) for name in names if name.endswith(endings or (".c", ".h"))]
    return sorted(os.path.relpath(path, SOURCE) for path in found)


def text_of(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def code_of(path):
    """The text with comments and strings blanked, and every line still in its place."""
    def blank(match):
        kept = match.group(0)
        return re.sub(r"[^\n]", " ", kept)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text_of(path), flags=re.S)


def room_of(path):
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 else None


def report(found, rule):
    assert not found, "%s (%d):\n%s" % (rule, len(found), "\n".join(found[:60]))


def includes(path):
    for number, line in enumerate(text_of(path).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^">]+)[">]', line)
        if match:
            yield number, match.group(1) == "<", match.group(2)


def test_rooms():
    """a room includes only what its row of the table lists"""
    found = []
    for path in sources():
        room = room_of(path)
        if room is None:
            continue
        if room not in ROOMS:
            found.append("%s: src/%s is no room of the house" % (path, room))
            continue
        for number, system, name in includes(path):
            if system or name == "config.h" or name.split("/")[0] in ("base", room):
                continue
            if not any(fnmatch.fnmatch(name, pattern) for pattern in ROOMS[room]):
                found.append('%s:%d: %s/ may not include "%s"' % (path, number, room, name))
            elif not os.path.exists(os.path.join(SOURCE, "src", name)):
                found.append('%s:%d: "%s" is not written from src/' % (path, number, name))
    report(found, "includes across rooms")


def test_libraries():
    """each library is known to one room only"""
    found = []
    for path in sources():
        for number, _, name in includes(path):
            for pattern, rooms in LIBRARIES.items():
                if re.match(pattern, name) and room_of(path) not in rooms and "/" + name not in path:
                    own = os.path.join(SOURCE, "src", name)
                    if not os.path.exists(own):
                        found.append("%s:%d: <%s> belongs to %s/" % (path, number, name, "/, ".join(rooms)))
    report(found, "libraries outside their room")


def test_first_includes():
    """every .c begins with config.h, then its own header"""
    found = []
    for path in sources(".c"):
        names = [name for _, _, name in includes(path)]
        if not names or names[0] != "config.h":
            found.append(path + ": config.h is not the first include")
        own = path[len("src/"):-2] + ".h"
        if not os.path.exists(os.path.join(SOURCE, "src", own)):
            continue
        second = names[1] if len(names) > 1 else ""
        # A header private to the room stands for the public one that it includes.
        private = os.path.join("src", second)
        if second != own and not (os.path.dirname(second) == os.path.dirname(own) and
                                  os.path.isfile(os.path.join(SOURCE, private)) and
                                  own in [name for _, _, name in includes(private)]):
            found.append('%s: its own header "%s" is not the second include' % (path, own))
    report(found, "order of includes")


def test_headers_guarded():
    """every header can be included twice"""
    found = []
    for path in sources(".h"):
        code = text_of(path)
        if "#pragma once" not in code and not re.search(r"#ifndef\s+\w+_H", code):
            found.append(path)
    report(found, "headers without #pragma once")


def test_calls():
    """no unsafe call anywhere; no printing and no exit below ui/, term/ and cli/"""
    found = []
    for path in sources():
        talks = path.startswith(MAY_TALK)
        for number, line in enumerate(code_of(path).splitlines(), 1):
            for match in NEVER.finditer(line):
                found.append("%s:%d: %s()" % (path, number, match.group(1)))
            if not talks:
                for match in TO_PEOPLE.finditer(line):
                    if match.group(1) not in CHILD_ONLY:
                        found.append("%s:%d: %s() below ui/ and cli/" % (path, number, match.group(1)))
    report(found, "calls that are not made here")


def test_length():
    """no source is longer than 600 lines"""
    found = []
    for path in sources():
        count = len(text_of(path).splitlines())
        if count > MAX_LINES:
            found.append("%s: %d lines; a file has one subject" % (path, count))
    report(found, "too long")


def test_unfinished():
    """nothing is marked as unfinished, nothing has trailing blanks"""
    found = []
    for path in sources():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|not implemented)\b", line):
                found.append("%s:%d: %s" % (path, number, line.strip()))
            if line != line.rstrip():
                found.append("%s:%d: blanks at the end" % (path, number))
    report(found, "unfinished")


def test_translatable_files_are_listed():
    """every source with a text for the user is in po/POTFILES.in, and nothing else is"""
    listed = {line.strip() for line in text_of("po/POTFILES.in").splitlines() if line.strip() and line[0] != "#"}
    using = set()
    for path in sources():
        if path != "src/base/i18n.h" and re.search(r"(?<![A-Za-z0-9_])(_|N_|C_|NC_|ngettext)\s*\(", code_of(path)):
            using.add(path)
    report(["%s has texts and is not listed" % p for p in sorted(using - listed)] +
           ["%s is listed and %s" % (p, "has no text" if os.path.exists(os.path.join(SOURCE, p)) else "does not exist")
            for p in sorted(listed - using)], "po/POTFILES.in (./dev pot mends it)")


def test_french_is_complete():
    """the French translation is complete: against the sources as they are now"""
    xgettext, msgmerge, msgfmt = (tap.need_program(name) for name in ("xgettext", "msgmerge", "msgfmt"))
    keywords = ["--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=ngettext:1,2"]
    quiet = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, cwd=SOURCE)
    listed = [l for l in text_of("po/POTFILES.in").split("\n") if l and l[0] != "#"]
    if not listed:
        return
    template = subprocess.run([xgettext, "--from-code=UTF-8", "-o", "-"] + keywords + listed, **quiet).stdout
    pot = os.path.join(tap.build_dir(), "tests", "house", "malle-now.pot")
    os.makedirs(os.path.dirname(pot), exist_ok=True)
    with open(pot, "wb") as file:
        file.write(template)
    try:
        merged = subprocess.run([msgmerge, "-q", "--no-fuzzy-matching", "-o", "-", "po/fr.po", pot], **quiet).stdout
        checked = subprocess.run([msgfmt, "--check", "--statistics", "-o", "/dev/null", "-"], input=merged, cwd=SOURCE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"))
        words = checked.stderr.decode()
        missing = subprocess.run([tap.need_program("msgattrib"), "--untranslated", "--no-wrap", "-"], input=merged,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout.decode()
        places = [l for l in missing.splitlines() if l.startswith(("#: ", "msgid \""))][1:]
        assert checked.returncode == 0, words
        assert "untranslated" not in words and "fuzzy" not in words, words + "\n".join(places[:200])
    finally:
        os.unlink(pot)


def test_manual_pages():
    """the manual pages format without a warning"""
    pages = sorted(glob.glob(os.path.join(SOURCE, "doc", "**", "*.[1-9]"), recursive=True))
    pages += sorted(glob.glob(os.path.join(tap.build_dir(), "doc", "**", "*.[1-9]"), recursive=True))
    assert pages, "there is no manual page"
    groff = tap.need_program("groff")
    found = []
    for page in pages:
        # Preconv and the width as man(1) has them; -ww would also warn of what its own macros do.
        said = subprocess.run([groff, "-K", "utf8", "-Tutf8", "-man", "-wall", "-z", page], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout.decode()
        if said.strip():
            found.append(said.strip())
    report(found, "manual pages")


def test_no_waiting_by_the_clock():
    """no test sleeps for a fixed time"""
    found = []
    for folder, _, names in os.walk(os.path.join(SOURCE, "tests")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), SOURCE)
            if not name.endswith((".py", ".c", ".sh")) or path.startswith(("tests/support/", "tests/bench/")):
                continue
            for number, line in enumerate(text_of(path).splitlines(), 1):
                if re.search(r"time\.sleep\s*\(|\bg_usleep\s*\(|\busleep\s*\(|\bnanosleep\s*\(|(?<![\w\"'])sleep\s*\(\s*\d", line):
                    if "def test_no_waiting" not in line and "re.search(" not in line:
                        found.append("%s:%d: %s" % (path, number, line.strip()))
    report(found, "waits by the clock")


def test_shell():
    """the shell scripts are well formed"""
    bash = tap.need_program("bash")
    for path in ("dev", ".ci/run", "tests/support/run-checks"):
        result = subprocess.run([bash, "-n", os.path.join(SOURCE, path)], stderr=subprocess.PIPE)
        tap.equal(result.returncode, 0, path + ": " + result.stderr.decode())


def test_other_compiler():
    """clang finds nothing to warn of either"""
    clang = tap.need_program("clang")
    makefile = os.path.join(tap.build_dir(), "Makefile")
    tap.need(os.path.exists(makefile), "a configured build directory")
    with open(makefile) as file:
        settings = dict(re.findall(r"^(\w+) = (.*)$", file.read(), re.M))
    flags = []
    for name in ("GLIB", "NCURSES", "OPENSSL", "GMIME", "SQLITE", "ZLIB", "GUMBO", "MAGIC"):
        flags += settings.get(name + "_CFLAGS", "").split()
    flags += settings["WARNING_FLAGS"].split()
    flags += ["-std=gnu11", "-Werror", "-fsyntax-only", "-DHAVE_CONFIG_H", '-DG_LOG_DOMAIN="malle"', '-DLOCALEDIR="/l"',
              '-DPKGDATADIR="/p"', "-I" + tap.build_dir(), "-I" + os.path.join(tap.build_dir(), "src"),
              "-I" + os.path.join(SOURCE, "src")]

    def compile_one(path):
        result = subprocess.run([clang] + flags + [os.path.join(SOURCE, path)], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        return result.stdout.decode(errors="replace") if result.returncode else ""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = [said for said in pool.map(compile_one, sources(".c")) if said]
    report(found, "clang")


if __name__ == "__main__":
    tap.main()
