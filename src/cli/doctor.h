/* How `malle doctor` says what a probe found: in words (doctor_words.c), step by step as it goes, or as one JSON object (doctor_json.c). */
#ifndef MALLE_CLI_DOCTOR_H
#define MALLE_CLI_DOCTOR_H

#include "cli/cli.h"
#include "config/account.h"
#include "base/exit_codes.h"
#include "engine/probe.h"

/* What a finished stage has found. */
void doctor_say_stage(const ProbeReport *report, ProbeStage finished, const Account *account);
/* What does not fit, why it ended if it did before its time, and what to do. */
void doctor_say_end(const ProbeReport *report);
/* What a person can do about it, translated; NULL when the words of the cause say so themselves. */
char *doctor_advice(const ProbeReport *report, ProbeCause cause);
/* One line in the shape of the others, for what is not a probe. */
typedef enum { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_FAILED } DoctorVerdict;
void doctor_say(DoctorVerdict verdict, const char *what, const char *words);

/* doctor_store.c: the store, checked and set right; says it, or writes JSON. */
ExitCode doctor_examine_store(const CliSettings *settings, gboolean as_json);

void doctor_write_json(GString *json, const ProbeReport *report, const Account *account);

#endif
