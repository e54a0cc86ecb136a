"""A tiny TAP runner for the Python tests.

A test file ends with ``tap.main()``. Every function named ``test_*`` in it is one test, run in the
order in which it is written; what it raises is its failure. ``tap.skip(reason)`` skips it, and
``tap.need(...)`` is for what has to be installed: a skip under a plain "make check", a failure when
MALLE_TEST_INSIST=yes (which ./dev check sets). ``tap.long_only()`` leaves a test to
``./dev check --long``.

Servers are entered once with ``tap.keep(Dovecot())`` and closed when the file is done, however
it ends. There are no time limits on anything that is measured; one generous limit for the whole
file turns a hang into a failure that says where every thread stood.
"""

import contextlib
import faulthandler
import os
import shutil
import signal
import sys
import time
import traceback

GIVE_UP_SECONDS = 600       # a whole test file; only ever reached by a hang
PATIENCE = float(os.environ.get("MALLE_TEST_PATIENCE", 120))    # one condition; the same

_stack = contextlib.ExitStack()


class Skip(Exception):
    pass


def insist():
    return os.environ.get("MALLE_TEST_INSIST") == "yes"


def long_run():
    return bool(os.environ.get("MALLE_TEST_LONG"))


def skip(reason):
    raise Skip(reason)


def need(condition, reason):
    """What the machine has to have: absent, the test is skipped, or fails where everything is insisted on."""
    if not condition:
        if insist():
            raise AssertionError("missing: " + reason)
        raise Skip(reason)


def find_program(name, *more_places):
    """The path of a program, or None where it is not installed."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    for place in more_places:
        if path is None and os.access(place, os.X_OK):
            path = place
    return path


def need_program(name, *more_places):
    """The path of a program that has to be installed."""
    path = find_program(name, *more_places)
    need(path is not None, name + " is not installed")
    return path


def long_only():
    if not long_run():
        raise _Later()


class _Later(Exception):
    pass


def keep(context):
    """Enters a context manager that lives until the end of the file, and gives what it gives."""
    return _stack.enter_context(context)


def source_dir():
    return os.environ.get("MALLE_SRCDIR") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build_dir():
    return os.environ.get("MALLE_BUILDDIR") or os.path.join(source_dir(), "build")


def program():
    """The malle that is being tested."""
    return os.environ.get("MALLE_PROGRAM") or os.path.join(build_dir(), "src", "malle")


def wait_until(condition, what, seconds=PATIENCE):
    """Calls condition until it gives something true, and gives that.

    For conditions outside this process that nothing can be waited on for (a file that appears,
    a process that ends). The short pause between two looks is no part of the test's meaning.
    """
    give_up = time.monotonic() + seconds
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > give_up:
            raise AssertionError("never happened: " + what)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError("%s\n  got:      %r\n  expected: %r" % (what, got, expected))


def at_most(got, limit, what):
    """For the counts that the project promises; the figure is printed even when it holds."""
    note("%s: %s (at most %s)" % (what, got, limit))
    if got > limit:
        raise AssertionError("%s: %s, and at most %s is allowed" % (what, got, limit))


def note(text):
    for line in str(text).splitlines():
        print("# " + line)
    sys.stdout.flush()


def _stop(number, _frame):
    raise SystemExit(128 + number)


def main():
    space = sys.modules["__main__"].__dict__
    tests = [(name, value) for name, value in space.items() if name.startswith("test_") and callable(value)]
    only = [a for a in sys.argv[1:] if not a.startswith("-")]
    if only:
        tests = [t for t in tests if any(o in t[0] for o in only)]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    limit = float(os.environ.get("MALLE_TEST_GIVE_UP", GIVE_UP_SECONDS * (6 if long_run() else 1)))
    faulthandler.dump_traceback_later(limit, exit=True)
    failed = 0
    print("1..%d" % len(tests))
    try:
        for number, (name, function) in enumerate(tests, 1):
            title = (function.__doc__ or name[5:].replace("_", " ")).strip().splitlines()[0].replace("#", "no.")
            try:
                function()
                print("ok %d - %s" % (number, title))
            except Skip as reason:
                print("ok %d - %s # SKIP %s" % (number, title, reason))
            except _Later:
                print("ok %d - %s (left to ./dev check --long)" % (number, title))
            except SystemExit:
                raise
            except BaseException:
                failed += 1
                print("not ok %d - %s" % (number, title))
                note(traceback.format_exc())
            sys.stdout.flush()
    finally:
        faulthandler.cancel_dump_traceback_later()
        _stack.close()
    sys.exit(1 if failed else 0)
