/* Threads merged by subject (RFC 5256 REFERENCES, step 5), for those who want it: the base subject of a thread is a place among the Message-IDs,
 * and ties the threads that have it. Internal to store/. */
#ifndef MALLE_STORE_THREAD_SUBJECTS_H
#define MALLE_STORE_THREAD_SUBJECTS_H

#include "store/store-private.h"

#define THREAD_SUBJECTS_SETTING "thread-subjects"

/* As content.subject_hash has it. */
gint64 thread_subject_hash(const char *subject);
/* The same for a subject and an answer to it; 0: none. */
gint64 thread_subject_place(gint64 subject_hash);
gboolean thread_subjects_wanted(Database *db);

#endif
