/* Counting flights: the dependent round trips that a person waits for.
 *
 * One flight is one wait for the far end. Precisely: a request starts a flight if, when it is handed to the
 * stream, no earlier request is outstanding; a request sent while the answer to an earlier one is still owed
 * or still arriving adds none (it shares that wait). Waiting for a go-ahead in mid request ("+" before a
 * synchronising literal or a SASL response) is one more flight each time, since nothing else could have been
 * sent instead. What the server volunteers (IDLE) is no flight: an IDLE is answered by its "+", and DONE is a
 * new request.
 *
 * The counter is plain data that the engine keeps beside a stream and drives; several may watch one stream
 * (one per user action, one per session). Not for two threads.
 */
#ifndef MALLE_NET_FLIGHTS_H
#define MALLE_NET_FLIGHTS_H

#include <glib.h>

typedef struct {
    guint flights;     /* counted so far */
    guint outstanding; /* requests not yet completely answered */
} FlightCounter;

/* COUNT requests go out in one write. */
void flight_counter_sent(FlightCounter *counter, guint count);
/* COUNT requests were completely answered (tagged reply, or "+" for IDLE). Never goes below zero. */
void flight_counter_answered(FlightCounter *counter, guint count);
/* A go-ahead was waited for and came; the rest of the same request goes out now. */
void flight_counter_went_ahead(FlightCounter *counter);
/* The link is gone: nothing is outstanding any more. The flights stay counted. */
void flight_counter_link_lost(FlightCounter *counter);

#endif
