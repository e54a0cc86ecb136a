"""doc/internals/hostile.md: every case has its row, and every test that it names exists."""

import os
import re

from support import tap

PAGE = "doc/internals/hostile.md"


def rows():
    with open(os.path.join(tap.source_dir(), PAGE)) as file:
        lines = [line for line in file if re.match(r"\| S\d", line)]
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in lines]


def test_cases():
    """S1 to S52 each have one row"""
    found = []
    for case, *_ in rows():
        numbers = [int(number) for number in re.findall(r"S(\d+)", case)]
        found += range(numbers[0], numbers[-1] + 1)
    tap.equal(found, list(range(1, 53)))


def references(cell):
    """`path` name, name; `path` …"""
    for path, names in re.findall(r"`([^`]+)`([^;]*)", cell):
        yield path, [name.strip() for name in names.split(",") if name.strip()]


def test_tests():
    """the tests named are there; what is built is tested"""
    named = 0
    for case, what, shown in rows():
        if shown == "–":
            assert "not built" in what or "being built" in what, case
            continue
        for path, names in references(shown):
            whole = os.path.join(tap.source_dir(), path)
            assert os.path.isfile(whole), (case, path)
            with open(whole, encoding="utf-8", errors="replace") as file:
                text = file.read()
            for name in names:
                assert (name + '"' in text) or ("def %s(" % name in text) or (name.startswith("%") and name in text), (case, path, name)
            named += 1
            # A test that is not in the list of tests is run by nobody.
            listed = path.endswith(".imap") or any(path in content or path[:-2] in content for content in room_files(path))
            assert listed, (case, path)
    assert named > 80, named


def room_files(path):
    folder = os.path.join(tap.source_dir(), os.path.dirname(path))
    with open(os.path.join(folder, "room.mk")) as file:
        yield file.read()


if __name__ == "__main__":
    tap.main()
