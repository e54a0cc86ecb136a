/*
 * Counts the flights of an IMAP or POP3 session from what passes by on the wire.
 *
 * A flight is one dependent round trip. Client data starts one when it is sent while no earlier reply is
 * outstanding or still arriving, or when it had to wait for a "+". Commands sent while earlier replies are
 * still arriving add none, and so does a command behind another in the same write. An IDLE that the server
 * has accepted is not an outstanding reply; the DONE that ends it is.
 *
 * The view is the client's: flights_sent() is called with what the client wrote, when it wrote it, and
 * flights_delivered() with what has been handed to the client. COMPRESS=DEFLATE is followed; behind TLS
 * nothing can be read, and a change of direction counts as a flight there.
 */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef struct Flights Flights;

typedef struct {
    guint64 flights;
    guint64 commands;
    guint64 turns;          /* changes of direction, client after server */
    guint64 logins;         /* LOGIN or AUTHENTICATE (PASS, APOP, AUTH) that were answered OK, and delivered */
} FlightCounts;

/* counts: shared by all sessions that are to be added up; outlives them. transcript may be NULL. */
Flights *flights_new(FlightCounts *counts, FILE *transcript);
void flights_free(Flights *self);

void flights_sent(Flights *self, const guint8 *data, gsize size);
void flights_delivered(Flights *self, const guint8 *data, gsize size);

/* Commands whose tagged reply has not been delivered whole; an accepted IDLE is none. */
guint flights_outstanding(const Flights *self);
/* True while the server has accepted an IDLE that has not been ended. */
gboolean flights_idling(const Flights *self);
