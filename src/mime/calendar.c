#include "config.h"
#include "mime/calendar.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"

#define EVENTS_MAX 50      /* of a calendar; an invitation has one */
#define ATTENDEES_SHOWN 20
#define LINE_MAX_BYTES 65536

typedef struct {
    char *name;       /* "DTSTART" */
    char *parameters; /* ";TZID=Europe/Paris"; "" none */
    char *value;      /* as written */
} Property;

static void property_clear(gpointer data)
{
    Property *property = data;
    g_free(property->name);
    g_free(property->parameters);
    g_free(property->value);
}

/* --- lines (RFC 5545 §3.1) ------------------------------------------------------------------------- */

/* The next content line, unfolded; NULL at the end. */
static char *next_line(const char **p, const char *end)
{
    if (*p >= end)
        return NULL;
    GString *line = g_string_new(NULL);
    for (;;) {
        const char *stop = memchr(*p, '\n', (gsize)(end - *p));
        const char *next = stop ? stop + 1 : end;
        gsize length = (gsize)((stop ? stop : end) - *p);
        while (length > 0 && (*p)[length - 1] == '\r')
            length--;
        if (line->len < LINE_MAX_BYTES)
            g_string_append_len(line, *p, (gssize)length);
        *p = next;
        if (next >= end || (*next != ' ' && *next != '\t'))
            return g_string_free(line, FALSE);
        ++*p;
    }
}

/* NAME *(;PARAMETER) : VALUE, with colons in quoted parameters. FALSE: no such line. */
static gboolean split_line(const char *line, Property *property)
{
    gboolean quoted = FALSE;
    const char *colon = line;
    for (; *colon && (quoted || *colon != ':'); colon++)
        quoted ^= *colon == '"';
    gsize name = strcspn(line, ";:");
    if (!*colon || name == 0 || line + name > colon)
        return FALSE;
    property->name = g_ascii_strup(line, (gssize)name);
    property->parameters = g_strndup(line + name, (gsize)(colon - line) - name);
    property->value = g_strdup(colon + 1);
    return TRUE;
}

/* The escapes of a text value (§3.3.11). */
static char *unescape(const char *value)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = value; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            g_string_append_c(plain, *p == 'n' || *p == 'N' ? '\n' : *p);
        } else {
            g_string_append_c(plain, *p);
        }
    }
    return g_string_free(plain, FALSE);
}

static char *parameter(const Property *property, const char *name)
{
    g_autofree char *wanted = g_strdup_printf(";%s=", name);
    g_autofree char *upper = g_ascii_strup(property->parameters, -1);
    const char *found = strstr(upper, wanted);
    if (!found)
        return NULL;
    const char *start = property->parameters + (found - upper) + strlen(wanted);
    gboolean quoted = *start == '"';
    start += quoted;
    return g_strndup(start, strcspn(start, quoted ? "\"" : ";"));
}

/* --- values ----------------------------------------------------------------------------------------- */

static int digits(const char *text, guint from, guint n)
{
    int value = 0;
    for (guint i = from; i < from + n; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* "20260312T183000Z" with the zone of its parameter: Unix seconds; *day: a date without a time. −1: not understood. */
static gint64 moment(const Property *property, gboolean *day)
{
    const char *text = property->value;
    gsize length = strlen(text);
    *day = length == 8;
    if (length != 8 && (length < 15 || text[8] != 'T'))
        return -1;
    int year = digits(text, 0, 4), month = digits(text, 4, 2), date = digits(text, 6, 2);
    int hour = *day ? 12 : digits(text, 9, 2), minute = *day ? 0 : digits(text, 11, 2);
    if (year < 1970 || month < 1 || month > 12 || date < 1 || date > 31 || hour < 0 || hour > 24 || minute < 0 || minute > 59)
        return -1;
    g_autofree char *zone_name = parameter(property, "TZID");
    g_autoptr(GTimeZone) zone = length == 16 && text[15] == 'Z' ? g_time_zone_new_utc() : zone_name ? g_time_zone_new_identifier(zone_name) : NULL;
    if (!zone)
        zone = g_time_zone_new_local(); /* a zone that nobody knows: as it is written */
    g_autoptr(GDateTime) when = g_date_time_new(zone, year, month, date, MIN(hour, 23), minute, 0);
    return when ? g_date_time_to_unix(when) : -1;
}

/* Without the clock: whole days, and an end that is not written twice. */
static char *clock_of(gint64 when)
{
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(when);
    return local ? g_date_time_format(local, "%H:%M") : g_strdup("");
}

static char *day_of(gint64 when)
{
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(when);
    /* Translators: a date with its day of the week, as strftime(3). */
    return local ? g_date_time_format(local, _("%A %-d %B %Y")) : g_strdup("");
}

static gboolean same_day(gint64 a, gint64 b)
{
    g_autofree char *one = day_of(a);
    g_autofree char *other = day_of(b);
    return strcmp(one, other) == 0;
}

/* --- an event ---------------------------------------------------------------------------------------- */

static const Property *find(const GArray *properties, const char *name)
{
    for (guint i = 0; i < properties->len; i++)
        if (strcmp(g_array_index(properties, Property, i).name, name) == 0)
            return &g_array_index(properties, Property, i);
    return NULL;
}

static void add_field(GString *out, const char *label, const char *value)
{
    if (value && *value)
        g_string_append_printf(out, "%s %s\n", label, value);
}

static void add_text(GString *out, const GArray *properties, const char *name, const char *label)
{
    const Property *property = find(properties, name);
    g_autofree char *value = property ? unescape(property->value) : NULL;
    if (value)
        add_field(out, label, g_strdelimit(value, "\n", ' '));
}

static char *when_words(const GArray *properties)
{
    const Property *start = find(properties, "DTSTART"), *end = find(properties, "DTEND");
    gboolean whole = FALSE, whole_end = FALSE;
    gint64 from = start ? moment(start, &whole) : -1, to = end ? moment(end, &whole_end) : -1;
    if (from < 0)
        return NULL;
    if (whole && to > from)
        to -= 86400; /* the end of whole days is the day after (§3.6.1) */
    g_autofree char *first = whole ? day_of(from) : time_format_full(from);
    if (to < 0 || to <= from)
        return g_steal_pointer(&first);
    g_autofree char *last = same_day(from, to) ? clock_of(to) : whole ? day_of(to) : time_format_full(to);
    /* Translators: from one time to another. */
    return g_strdup_printf(_("%s to %s"), first, last);
}

static const char *answer_words(const char *answer)
{
    static const struct {
        const char *name, *words;
    } answers[] = {
        { "ACCEPTED", N_("accepted") }, { "DECLINED", N_("declined") }, { "TENTATIVE", N_("perhaps") }, { "DELEGATED", N_("sends somebody else") },
    };
    for (guint i = 0; answer && i < G_N_ELEMENTS(answers); i++)
        if (g_ascii_strcasecmp(answers[i].name, answer) == 0)
            return _(answers[i].words);
    return NULL;
}

static char *person(const Property *property)
{
    g_autofree char *name = parameter(property, "CN");
    const char *address = g_ascii_strncasecmp(property->value, "mailto:", 7) == 0 ? property->value + 7 : property->value;
    return name && *name && strcmp(name, address) != 0 ? g_strdup_printf("%s <%s>", name, address) : g_strdup(address);
}

static void add_people(GString *out, const GArray *properties)
{
    const Property *organizer = find(properties, "ORGANIZER");
    g_autofree char *who = organizer ? person(organizer) : NULL;
    guint told = 0, more = 0;
    add_field(out, _("Invited by:"), who);
    for (guint i = 0; i < properties->len; i++) {
        const Property *property = &g_array_index(properties, Property, i);
        if (strcmp(property->name, "ATTENDEE") != 0)
            continue;
        if (told++ >= ATTENDEES_SHOWN) {
            more++;
            continue;
        }
        g_autofree char *one = person(property);
        g_autofree char *answer = parameter(property, "PARTSTAT");
        const char *words = answer_words(answer);
        g_string_append_printf(out, words ? "%s %s (%s)\n" : "%s %s\n", told == 1 ? _("Invited:") : "  ", one, words);
    }
    if (more)
        g_string_append_printf(out, ngettext("  and %u more\n", "  and %u more\n", more), more);
}

static const char *repeat_words(const GArray *properties)
{
    static const struct {
        const char *name, *words;
    } rules[] = { { "FREQ=DAILY", N_("every day") }, { "FREQ=WEEKLY", N_("every week") }, { "FREQ=MONTHLY", N_("every month") }, { "FREQ=YEARLY", N_("every year") } };
    const Property *rule = find(properties, "RRULE");
    for (guint i = 0; rule && i < G_N_ELEMENTS(rules); i++)
        if (strstr(rule->value, rules[i].name))
            return strstr(rule->value, "INTERVAL=") && !strstr(rule->value, "INTERVAL=1;") ? _("again and again") : _(rules[i].words);
    return rule ? _("again and again") : NULL;
}

static void add_event(GString *out, const GArray *properties)
{
    const Property *status = find(properties, "STATUS"), *description = find(properties, "DESCRIPTION");
    g_autofree char *when = when_words(properties);
    g_autofree char *words = description ? unescape(description->value) : NULL;
    add_text(out, properties, "SUMMARY", _("What:"));
    add_field(out, _("When:"), when);
    add_field(out, _("Repeated:"), repeat_words(properties));
    add_text(out, properties, "LOCATION", _("Where:"));
    if (status && g_ascii_strcasecmp(status->value, "CANCELLED") == 0)
        g_string_append_printf(out, "%s\n", _("It is cancelled."));
    add_people(out, properties);
    if (words && *g_strstrip(words))
        g_string_append_printf(out, "\n%s\n", words);
}

static const char *method_words(const char *method)
{
    static const struct {
        const char *name, *words;
    } methods[] = {
        { "REQUEST", N_("An invitation") },          { "REPLY", N_("An answer to an invitation") }, { "CANCEL", N_("An event that is cancelled") },
        { "COUNTER", N_("Another time is proposed") }, { "PUBLISH", N_("An event") },
    };
    for (guint i = 0; method && i < G_N_ELEMENTS(methods); i++)
        if (g_ascii_strcasecmp(methods[i].name, method) == 0)
            return _(methods[i].words);
    return _("An event");
}

char *mime_calendar_text(const char *text, gsize length)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *method = NULL;
    g_autoptr(GArray) properties = g_array_new(FALSE, TRUE, sizeof(Property));
    g_array_set_clear_func(properties, property_clear);
    const char *p = text, *end = text + length;
    guint events = 0, depth = 0; /* within an event: 1, within its alarms: more */
    for (char *line; events < EVENTS_MAX && (line = next_line(&p, end)) != NULL; g_free(line)) {
        Property property = { 0 };
        if (!split_line(line, &property))
            continue;
        gboolean begin = strcmp(property.name, "BEGIN") == 0, stop = strcmp(property.name, "END") == 0;
        gboolean event = g_ascii_strcasecmp(property.value, "VEVENT") == 0 || g_ascii_strcasecmp(property.value, "VTODO") == 0;
        if (depth == 0 && strcmp(property.name, "METHOD") == 0 && !method)
            method = g_strdup(property.value);
        if (begin && (depth > 0 || event)) {
            depth++;
        } else if (stop && depth > 0 && --depth == 0) {
            g_string_append_printf(out, "%s%s\n\n", events++ ? "\n" : "", method_words(method));
            add_event(out, properties);
            g_array_set_size(properties, 0);
        } else if (depth == 1 && !begin && !stop && properties->len < 2000) {
            g_array_append_val(properties, property);
            continue;
        }
        property_clear(&property);
    }
    return events ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
