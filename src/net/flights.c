#include "config.h"

#include "net/flights.h"

void flight_counter_sent(FlightCounter *counter, guint count)
{
    if (count == 0)
        return;
    if (counter->outstanding == 0)
        counter->flights++;
    counter->outstanding += count;
}

void flight_counter_answered(FlightCounter *counter, guint count)
{
    counter->outstanding -= MIN(count, counter->outstanding);
}

void flight_counter_went_ahead(FlightCounter *counter)
{
    counter->flights++;
}

void flight_counter_link_lost(FlightCounter *counter)
{
    counter->outstanding = 0;
}
