"""doc/internals/faults.md: every fault has its row or its reason, and every test that it names exists."""

import glob
import os
import re

from support import tap

PAGE = "doc/internals/faults.md"
LAST = 61


def lines():
    with open(os.path.join(tap.source_dir(), PAGE)) as file:
        return file.read().splitlines()


def numbers(text):
    """F31, F32 and F53–F56, as numbers."""
    found = []
    for first, last in re.findall(r"F(\d+)(?:–F(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found


def rows():
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in lines() if re.match(r"\| F\d", line)]


def files_of(name):
    """`test_lies`, `test-undo.c` or a path, as the files that are meant."""
    if "/" in name:
        found = glob.glob(os.path.join(tap.source_dir(), name))
    else:
        found = glob.glob(os.path.join(tap.source_dir(), "tests", "*", name if "." in name else name + ".py"))
    return [path for path in found if os.path.exists(path)]


def test_cases():
    """F1 to F61 each have one row, or stand among those that are not here, with the reason"""
    absent = [line for line in lines() if line.startswith("Not here:")]
    tap.equal(len(absent), 1)
    found = numbers(" ".join(row[0].split(" ")[0] if "," not in row[0] else row[0] for row in rows())) + numbers(absent[0])
    tap.equal(sorted(found), list(range(1, LAST + 1)))


def test_tests():
    """the tests named are there"""
    named = 0
    for case, what, shown in rows():
        assert shown, case
        for name, functions in re.findall(r"`([^`]+)`([^;`]*)", shown):
            files = files_of(name)
            assert files, (case, name)
            text = "".join(open(path, encoding="utf-8", errors="replace").read() for path in files if os.path.isfile(path))
            for function in re.split(r",\s*", functions.strip(" ,")):
                if not function:
                    continue
                assert ("def test_%s(" % function) in text or ('/%s"' % function) in text or ("test_%s(" % function) in text, (case, name, function)
                named += 1
    assert named > 50, named


if __name__ == "__main__":
    tap.main()
