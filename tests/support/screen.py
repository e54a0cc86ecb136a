"""Drives the real program in a pseudo-terminal and reads its screen.

    with Screen([tap.program(), "--demo"], rows=24, columns=80) as screen:
        screen.until("Welcome")                     # a text (or a compiled pattern, or a function of the screen)
        screen.keys("j", "j", "Enter")              # names in Screen.NAMES, anything else is typed as it is
        screen.until(lambda s: s.row_of("Lunch") == s.cursor.row)
        screen.resize(60, 200)

Nothing waits for a fixed time: until() reads what the program writes and looks again after each read; only
a hang meets its limit, and then the screen is part of the failure. Every byte that the program has written
stays in screen.written, to be searched for what must never reach a terminal.
"""

import collections
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

from wcwidth import wcwidth

from support import process, tap

Cursor = collections.namedtuple("Cursor", "row column")
GIVE_UP = float(os.environ.get("MALLE_TEST_PATIENCE", 120))


# What terminfo's xterm has and pyte lacks: REP (the last character so many times more), SU and SD (the region scrolls).
_LACKING = {"b": "repeat", "S": "scroll_up", "T": "scroll_down"}


def _completed(base):
    class Completed(base):
        last = " "

        def draw(self, data):
            super().draw(data)
            self.last = data[-1:] or self.last

        def repeat(self, count=1):
            self.draw(self.last * (count or 1))

        def _scroll(self, row, move, count):
            kept = self.cursor.y, self.cursor.x
            self.cursor.y = row
            for _ in range(count or 1):
                move()
            self.cursor.y, self.cursor.x = kept

        def scroll_up(self, count=1):
            self._scroll(self.margins.bottom if self.margins else self.lines - 1, self.index, count)

        def scroll_down(self, count=1):
            self._scroll(self.margins.top if self.margins else 0, self.reverse_index, count)
    return Completed


class Screen:
    NAMES = {
        "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "Space": " ", "Backspace": "\x7f",
        "Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D", "Home": "\x1b[H", "End": "\x1b[F",
        "PageUp": "\x1b[5~", "PageDown": "\x1b[6~", "Delete": "\x1b[3~", "BackTab": "\x1b[Z",
        "F1": "\x1bOP", "F2": "\x1bOQ", "F10": "\x1b[21~",
    }
    # What the program sees in application keypad mode (terminfo's kcuu1 and its like).
    APPLICATION = {"Up": "\x1bOA", "Down": "\x1bOB", "Right": "\x1bOC", "Left": "\x1bOD", "Home": "\x1bOH",
                   "End": "\x1bOF"}

    def __init__(self, arguments, rows=24, columns=80, environment=None, term="xterm-256color", cwd=None,
                 home=None):
        try:
            import pyte
        except ImportError:
            tap.need(False, "python3-pyte is not installed")
        self.pyte = pyte
        self.arguments = arguments
        self.rows, self.columns, self.cwd = rows, columns, cwd
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "XDG_", "MALLE_"))}
        self.environment.update({"TERM": term, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COLUMNS": "", "LINES": "",
                                 "PATH": os.environ.get("PATH", "/usr/bin:/bin")})
        self.environment.pop("COLUMNS")
        self.environment.pop("LINES")
        # what the terminal of whoever runs the tests says of itself
        for name in ("NO_COLOR", "COLORTERM", "TERM_PROGRAM", "KITTY_WINDOW_ID", "VTE_VERSION", "KONSOLE_VERSION", "TMUX"):
            self.environment.pop(name, None)
        if home:
            self.environment.update({"HOME": home, "XDG_CONFIG_HOME": home + "/.config",
                                     "XDG_DATA_HOME": home + "/.local/share", "XDG_STATE_HOME": home + "/.local/state",
                                     "XDG_CACHE_HOME": home + "/.cache", "XDG_RUNTIME_DIR": home + "/.run"})
            os.makedirs(home + "/.run", mode=0o700, exist_ok=True)
        for name, value in (environment or {}).items():
            if value is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = value
        self.written = bytearray()
        self.graphics = []          # sequences of pictures: (the sequence, row, column of the cursor then)
        self._held = b""
        self._answers = []
        self.answer = lambda data: data     # what the terminal says instead
        self.status = None

    def __enter__(self):
        self.screen = _completed(self.pyte.Screen)(self.columns, self.rows)
        self.stream = type("Stream", (self.pyte.ByteStream,),
                           {"csi": dict(self.pyte.ByteStream.csi, **_LACKING)})(self.screen)
        # The reports it is asked for (cursor position, what it can) are answered as a terminal would, when the frame has been taken in.
        self.screen.write_process_input = lambda data: self._answers.append(self.answer(data))
        sys.stdout.flush()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                process._in_child()
                if self.cwd:
                    os.chdir(self.cwd)
                os.execvpe(self.arguments[0], self.arguments, self.environment)
            finally:
                os._exit(127)
        self._set_size()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            tap.note("the screen when it failed:\n" + self.text())
        if self.status is None:
            everyone = process.descendants(self.pid)
            for number in (signal.SIGCONT, signal.SIGHUP):
                self._signal(number)
            deadline = time.monotonic() + 20
            while self.status is None and time.monotonic() < deadline:
                self._read(0.02)
                self._reap()
            for one in everyone:
                try:
                    os.kill(one, signal.SIGKILL)
                except OSError:
                    pass
            if self.status is None:
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.terminal)

    # --- what is on the screen ---------------------------------------------------------------

    def lines(self):
        return ["".join(self.characters(row)).rstrip() for row in range(self.screen.lines)]

    def characters(self, row):
        """Of a wide character the first cell only. (pyte's own display falls over one of which half is overwritten, in mid-frame.)"""
        behind_wide = False
        for column in range(self.screen.columns):
            data = self.screen.buffer[row][column].data
            if not behind_wide:
                yield data or " "
            behind_wide = not behind_wide and data != "" and wcwidth(data[0]) == 2

    def text(self):
        return "\n".join(self.lines())

    def line(self, row):
        return self.lines()[row]

    def row_of(self, text):
        """The first row with the text, or None."""
        for row, line in enumerate(self.lines()):
            if text in line:
                return row
        return None

    def cell(self, row, column):
        """pyte's Char: data, fg, bg, bold, italics, underscore, reverse."""
        return self.screen.buffer[row][column]

    def cells(self, text):
        """The cells that show the text, wherever it is first."""
        row = self.row_of(text)
        assert row is not None, "%r is not on the screen:\n%s" % (text, self.text())
        column = self.lines()[row].index(text)
        return [self.cell(row, c) for c in range(column, column + len(text))]

    @property
    def cursor(self):
        return Cursor(self.screen.cursor.y, self.screen.cursor.x)

    @property
    def title(self):
        return self.screen.title

    # --- waiting -----------------------------------------------------------------------------

    def until(self, condition, seconds=GIVE_UP):
        """Reads until the condition holds: a text, a compiled pattern, or a function of this object."""
        if isinstance(condition, str):
            holds, what = (lambda: condition in self.text()), repr(condition)
        elif isinstance(condition, re.Pattern):
            holds, what = (lambda: condition.search(self.text())), repr(condition.pattern)
        else:
            holds, what = (lambda: condition(self)), condition.__doc__ or "the condition"
        give_up = time.monotonic() + seconds
        while True:
            value = holds()
            if value:
                return value
            if self.status is not None:
                raise AssertionError("the program ended (%s) before %s:\n%s" % (self.status, what, self.text()))
            if time.monotonic() > give_up:
                raise AssertionError("never came: %s. The screen:\n%s" % (what, self.text()))
            self._read(0.5)     # also looks again at what is no part of the screen
            self._reap()

    def until_gone(self, text):
        return self.until(lambda s: text not in s.text())

    def until_end(self):
        """Waits for the program's end and gives its exit code (negative: the signal)."""
        give_up = time.monotonic() + GIVE_UP
        while self.status is None:
            if time.monotonic() > give_up:
                raise AssertionError("it does not end. The screen:\n" + self.text())
            self._read(0.1)
            self._reap()
        while self._read(0):
            pass
        return self.status

    def settle(self):
        """Reads what has already been written, without waiting for more."""
        while self._read(0):
            pass

    # --- doing -------------------------------------------------------------------------------

    def keys(self, *names):
        for name in names:
            if name.startswith("^") and len(name) == 2:
                self._type(bytes([ord(name[1].upper()) & 0x1f]))
            else:
                # DECCKM: pyte keeps private modes shifted by five bits.
                table = dict(self.NAMES, **self.APPLICATION) if (1 << 5) in self.screen.mode else self.NAMES
                self._type(table.get(name, name).encode())

    def type(self, text):
        self._type(text.encode())

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.screen.resize(rows, columns)
        self._set_size()

    def signal(self, number):
        self._signal(number)

    def resident_kb(self):
        return process.resident_kb(self.pid)

    def key_to_paint(self, key, condition):
        """Seconds from a key press until what it should change is on the screen."""
        self.settle()
        start = time.perf_counter()
        self.keys(key)
        self.until(condition)
        return time.perf_counter() - start

    # --- inside ------------------------------------------------------------------------------

    def _set_size(self):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def _type(self, data):
        while data:
            # What the program writes is read meanwhile, or both sides might wait for each other.
            readable, writable, _ = select.select([self.terminal], [self.terminal], [], GIVE_UP)
            if readable:
                self._read(0)
            if writable:
                try:
                    data = data[os.write(self.terminal, data):]
                except OSError:
                    return
            if not readable and not writable:
                raise AssertionError("the program takes no keys")

    def _read(self, seconds):
        try:
            if not select.select([self.terminal], [], [], seconds)[0]:
                return False
            data = os.read(self.terminal, 65536)
        except OSError:             # EIO: the other side is closed
            self._reap(wait=True)
            return False
        if not data:
            return False
        self.written += data
        self._feed(data)
        while self._answers:
            self._type(self._answers.pop(0).encode())
        return True

    def _feed(self, data):
        """pyte shows what it does not know: sequences of pictures (APC, DCS) are taken out, and kept with where the cursor stood."""
        data = self._held + data
        while True:
            begin = min((at for at in (data.find(b"\x1b_"), data.find(b"\x1bP")) if at >= 0), default=-1)
            if begin < 0:
                break
            end = data.find(b"\x1b\\", begin)
            if end < 0:
                break
            self.stream.feed(data[:begin])
            self.graphics.append((data[begin:end + 2], self.screen.cursor.y, self.screen.cursor.x))
            data = data[end + 2:]
        held = begin if begin >= 0 else len(data) - 1 if data.endswith(b"\x1b") else len(data)
        self._held = data[held:]
        self.stream.feed(data[:held])

    def _signal(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def _reap(self, wait=False):
        if self.status is None:
            pid, status = os.waitpid(self.pid, 0 if wait else os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
