/* The person's own command for addresses (option address-command), asked without waiting: what it says is there for the
 * next completion of the same word, which is then made by itself. UI thread. */
#ifndef MALLE_UI_ADDRESS_QUERY_H
#define MALLE_UI_ADDRESS_QUERY_H

#include "ui/app.h"

/* Adds what is known for the word to `people` (of ModelPerson*, see model/addresses.h), or has the command asked. */
void address_query_add(Ui *ui, const char *typed, GPtrArray *people);
void address_query_free(Ui *ui);

#endif
