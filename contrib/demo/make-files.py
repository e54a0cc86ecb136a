#!/usr/bin/env python3
"""Makes the small files that are attached to the demo's letters (src/local/demo/files).

They are kept in the tree, so that building needs no Python; this is where they came from. Same bytes every time."""
import io
import os
import struct
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "..", "..", "src", "local", "demo", "files")


def write(name, data):
    with open(os.path.join(FILES, name), "wb") as file:
        file.write(data)


def pdf(lines):
    """One A4 page of text in Helvetica (Latin-1)."""
    text = "BT /F1 12 Tf 72 770 Td 16 TL\n"
    for line in lines:
        escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        text += f"({escaped}) Tj T*\n"
    stream = (text + "ET").encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def png(rows, palette, scale):
    """Pixel art: one character for each pixel, colours by character."""
    lines = []
    for row in rows:
        line = b"".join(bytes(palette[pixel]) * scale for pixel in row)
        lines.extend([b"\0" + line] * scale)
    width, height = len(rows[0]) * scale, len(rows) * scale

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND", b""))


FOX = [
    "..o........o....",
    "..oo......oo....",
    "..owo....owo....",
    "..oooooooooo....",
    "..oooooooooo....",
    "..okoooooko.....",
    "..oooooooooo....",
    "...wwookoww.....",
    "....wwwwww......",
    ".....oooo....o..",
    "....oooooo..oo..",
    "....oowwoo.ooo..",
    "....oowwoooow...",
    "....oo..oo.ww...",
    "....kk..kk......",
    "................",
]
PLAN = [
    "kkkkkkkkkkkkkkkkkkkkkkkk",
    "k......k...............k",
    "k.bbb..k....yyyyyy.....k",
    "k.bbb..k....yyyyyy.....k",
    "k..............yy......k",
    "k......k...............k",
    "kkk..kkk...............k",
    "k......................k",
    "k..gg..gg..gg..gg......k",
    "k..gg..gg..gg..gg......k",
    "k......................k",
    "kkkkkkkkkkk..kkkkkkkkkkk",
]
COLOURS = {".": (250, 246, 238), "o": (214, 111, 44), "w": (255, 255, 255), "k": (40, 36, 34),
           "b": (90, 130, 170), "y": (222, 184, 96), "g": (120, 160, 110)}

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Choeur du Quai//FR
BEGIN:VEVENT
UID:repetition-generale@choeur.example
DTSTAMP:20260101T090000Z
DTSTART;TZID=Europe/Paris:20260612T193000
DTEND;TZID=Europe/Paris:20260612T223000
SUMMARY:R\u00e9p\u00e9tition g\u00e9n\u00e9rale
LOCATION:Temple du Change\\, Lyon
DESCRIPTION:Apporter les partitions noires. Th\u00e9 \u00e0 la pause.
END:VEVENT
END:VCALENDAR
"""

NOTES = """Garden, notes for the rota
==========================
- water butts: filled on Tuesday, the left tap drips (washer ordered)
- bed 4: leeks in, do not dig
- bed 7: free from June, Olga wants it for dill and beetroot
- compost: turned; too wet, add cardboard
- keys: one with Camille, one in the tin behind the shed
"""

PATCH = """From 3f1c9a7 Mon Sep 17 00:00:00 2001
From: Priya Raman <priya@raman.example>
Subject: [PATCH] reader: keep the quote level when a paragraph wraps

---
 src/reader/quote.c | 6 ++++--
 1 file changed, 4 insertions(+), 2 deletions(-)

diff --git a/src/reader/quote.c b/src/reader/quote.c
--- a/src/reader/quote.c
+++ b/src/reader/quote.c
@@ -41,8 +41,10 @@ wrap_line(Line *line, int cells)
     while (line->rest) {
-        emit(line->rest, cells);
-        line->rest = skip(line->rest, cells);
+        /* The marks take room as well. */
+        int room = cells - 2 * line->level;
+        emit(line->rest, room);
+        line->rest = skip(line->rest, room);
     }
 }
--
2.39.2
"""


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in (("lisez-moi.txt", "Les scans des trois plats, avant et apr\u00e8s.\n"),
                           ("mesures.csv", "plat,hauteur,largeur\n1,243,168\n2,243,168\n3,241,167\n")):
            bundle.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 10, 0, 0)), text)
    return buffer.getvalue()


def main():
    os.makedirs(FILES, exist_ok=True)
    write("facture-2043.pdf", pdf([
        "Plomberie Girard", "12 rue des Tables-Claudiennes, 69001 Lyon", "", "Facture 2043", "",
        "Remplacement d'un siphon              38,00 EUR", "Joints, petites fournitures            6,50 EUR",
        "Main-d'oeuvre, 45 minutes             42,00 EUR", "", "Total TTC                             86,50 EUR", "",
        "Payable à 30 jours. Merci de votre confiance."]))
    write("programme.pdf", pdf([
        "Choeur du Quai - concert d'été", "", "Monteverdi   Lasciatemi morire", "Poulenc      Un soir de neige",
        "Sandstrom    Hear my prayer", "trad.         Belle, qui tiens ma vie", "", "Entrée libre, participation aux frais."]))
    write("renard.png", png(FOX, COLOURS, 6))
    write("plan.png", png(PLAN, COLOURS, 8))
    write("repetition.ics", ICS.replace("\n", "\r\n").encode())
    write("notes.txt", NOTES.encode())
    write("quote-level.patch", PATCH.encode())
    write("scans.zip", archive())


main()
