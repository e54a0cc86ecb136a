/* Rows of the table about the screen itself: from mailbox to mailbox, parts beside the text, keys. See command_table.c. */
#include "config.h"

#include "base/i18n.h"
#include "ui/commands.h"

/* clang-format off */
static const Command rows[] = {
    { .name = "next-mailbox", .run = cmd_next_mailbox,
      .contexts = CONTEXT_LIST | CONTEXT_READER, .needs = NEEDS_STORE,
      .keys = { [KEYS_VI] = "list:J" },
      .group = GROUP_MAILBOXES, .help = N_("open the next mailbox of the sidebar") },
    { .name = "previous-mailbox", .run = cmd_previous_mailbox,
      .contexts = CONTEXT_LIST | CONTEXT_READER, .needs = NEEDS_STORE,
      .keys = { [KEYS_VI] = "list:K" },
      .group = GROUP_MAILBOXES, .help = N_("open the previous mailbox of the sidebar") },
    { .name = "read-message", .run = cmd_read_message,
      .contexts = CONTEXT_MAIL, .needs = NEEDS_MAILBOX | NEEDS_MESSAGE | NEEDS_TAGGABLE,
      .group = GROUP_MESSAGES, .help = N_("mark as read") },
    { .name = "unread-message", .run = cmd_unread_message,
      .contexts = CONTEXT_MAIL, .needs = NEEDS_MAILBOX | NEEDS_MESSAGE | NEEDS_TAGGABLE,
      .group = GROUP_MESSAGES, .help = N_("mark as unread") },
    { .name = "unfold-all", .run = cmd_unfold_all,
      .contexts = CONTEXT_LIST, .needs = NEEDS_MAILBOX | NEEDS_THREADS,
      .keys = { [KEYS_VI] = "zR" },
      .group = GROUP_CHOOSING, .help = N_("open all threads") },
    { .name = "tag-moves", .run = cmd_tag_moves,
      .contexts = CONTEXT_LIST, .needs = NEEDS_MAILBOX | NEEDS_MESSAGE,
      .keys = { [KEYS_VI] = "V" },
      .group = GROUP_CHOOSING, .help = N_("tag what you move over, until this is said again") },
    { .name = "next-part", .run = cmd_next_part,
      .contexts = CONTEXT_READER, .needs = NEEDS_READER,
      .keys = { [KEYS_VI] = "<C-j>" },
      .group = GROUP_PARTS, .help = N_("choose the next attachment below the text") },
    { .name = "previous-part", .run = cmd_previous_part,
      .contexts = CONTEXT_READER, .needs = NEEDS_READER,
      .keys = { [KEYS_VI] = "<C-k>" },
      .group = GROUP_PARTS, .help = N_("choose the previous attachment below the text") },
    { .name = "grow-pane", .run = cmd_grow_pane,
      .contexts = CONTEXT_LIST | CONTEXT_READER | CONTEXT_SIDEBAR, .needs = NEEDS_STORE,
      .keys = { [KEYS_MUTT] = "<Esc>+" },
      .group = GROUP_PROGRAM, .help = N_("make this part of the screen larger; it is remembered") },
    { .name = "shrink-pane", .run = cmd_shrink_pane,
      .contexts = CONTEXT_LIST | CONTEXT_READER | CONTEXT_SIDEBAR, .needs = NEEDS_STORE,
      .keys = { [KEYS_MUTT] = "<Esc>-" },
      .group = GROUP_PROGRAM, .help = N_("make this part of the screen smaller; it is remembered") },
    { .name = "toggle-mouse", .run = cmd_toggle_mouse,
      .contexts = CONTEXT_ANY,
      .keys = { [KEYS_MUTT] = "<F9>" },
      .group = GROUP_PROGRAM, .help = N_("take the mouse, or leave it to the terminal; it is remembered") },
    { .name = "copy-address", .run = cmd_copy_address,
      .contexts = CONTEXT_MAIL, .needs = NEEDS_MAILBOX | NEEDS_MESSAGE,
      .keys = { [KEYS_MUTT] = "<Esc>y" },
      .group = GROUP_READING, .help = N_("copy the sender's address to the clipboard, through the terminal") },
    { .name = "copy-link", .run = cmd_copy_link,
      .contexts = CONTEXT_READER, .needs = NEEDS_READER,
      .argument = ARGUMENT_NEEDED, .argument_name = N_("NUMBER"), .prompt = N_("Copy link number:"),
      .keys = { [KEYS_MUTT] = "<Esc>l" },
      .group = GROUP_READING, .help = N_("copy a link to the clipboard, by its number") },
    { .name = "copy-message-id", .run = cmd_copy_message_id,
      .contexts = CONTEXT_MAIL, .needs = NEEDS_MAILBOX | NEEDS_MESSAGE,
      .keys = { [KEYS_MUTT] = "<Esc>i" },
      .group = GROUP_READING, .help = N_("copy the Message-ID to the clipboard") },
    { .name = "set-always", .run = cmd_set_always,
      .contexts = CONTEXT_LIST,
      .argument = ARGUMENT_NEEDED, .argument_name = N_("OPTION VALUE"), .prompt = N_("Option and value, for always:"),
      .complete = complete_option,
      .group = GROUP_PROGRAM, .help = N_("change an option, and write it into the config file") },
    { .name = "keys", .run = cmd_keys,
      .contexts = CONTEXT_ANY,
      .argument = ARGUMENT_OPTIONAL, .argument_name = N_("PLACE"), .complete = complete_place,
      .group = GROUP_PROGRAM, .help = N_("list the keys of this place, or of another, with what they run") },
};
/* clang-format on */

const Command *command_rows_screen(guint *count)
{
    *count = G_N_ELEMENTS(rows);
    return rows;
}
