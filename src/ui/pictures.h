/* Pictures of the open message, as the terminal takes them: made by chafa(1) in the background, one after another, and kept while the message is open. UI thread. */
#ifndef MALLE_UI_PICTURES_H
#define MALLE_UI_PICTURES_H

#include "ui/app.h"

/* By the option `images`, the terminal, and whether chafa is there. To be called at the beginning, and when the terminal has said more. */
void ui_pictures_begin(Ui *ui);
/* The terminal may have answered: pictures are shown from now on, if it said so. */
void ui_pictures_hear(Ui *ui);
/* Do pictures wait, because what they lie in has just been moved to `top`? Where each move sends them whole, they are drawn when it has come to rest. */
gboolean ui_pictures_wait(Ui *ui, int top);
/* The picture of that section of the message in so many cells, drawn at that place, or not yet. */
void ui_picture_draw(Ui *ui, Area area, int row, const ModelMessage *message, const RenderedPicture *picture);
void ui_pictures_forget(Ui *ui); /* another message is open */
void ui_pictures_free(Ui *ui);

#endif
