/* The structure of a message as plain data (see part.h). */
#include "config.h"
#include "mime/part.h"

#include <string.h>

static void parameter_free(gpointer data)
{
    MimeParameter *parameter = data;
    g_free(parameter->name);
    g_free(parameter->value);
    g_free(parameter);
}

MessagePart *message_part_new(const char *section, const char *type, const char *subtype)
{
    MessagePart *part = g_new0(MessagePart, 1);
    part->section = g_strdup(section);
    part->type = g_ascii_strdown(type, -1);
    part->subtype = g_ascii_strdown(subtype, -1);
    part->encoding = g_strdup("7bit");
    part->parameters = g_ptr_array_new_with_free_func(parameter_free);
    part->children = g_ptr_array_new_with_free_func((GDestroyNotify)message_part_free);
    return part;
}

/* Recursion is bounded by what built the tree: MESSAGE_PART_MAX_DEPTH. */
void message_part_free(MessagePart *part)
{
    if (!part)
        return;
    g_ptr_array_free(part->children, TRUE);
    g_ptr_array_free(part->parameters, TRUE);
    g_free(part->section);
    g_free(part->type);
    g_free(part->subtype);
    g_free(part->encoding);
    g_free(part->disposition);
    g_free(part->filename);
    g_free(part->content_id);
    g_free(part->description);
    g_free(part);
}

void message_part_set_parameter(MessagePart *part, const char *name, const char *value)
{
    for (guint i = 0; i < part->parameters->len; i++) {
        MimeParameter *known = g_ptr_array_index(part->parameters, i);
        if (g_ascii_strcasecmp(known->name, name) == 0) {
            g_free(known->value);
            known->value = g_strdup(value);
            return;
        }
    }
    MimeParameter *parameter = g_new0(MimeParameter, 1);
    parameter->name = g_ascii_strdown(name, -1);
    parameter->value = g_strdup(value);
    g_ptr_array_add(part->parameters, parameter);
}

const char *message_part_parameter(const MessagePart *part, const char *name)
{
    for (guint i = 0; i < part->parameters->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(part->parameters, i);
        if (g_ascii_strcasecmp(parameter->name, name) == 0)
            return parameter->value;
    }
    return NULL;
}

const MessagePart *message_part_find(const MessagePart *root, const char *section)
{
    if (strcmp(root->section, section) == 0)
        return root;
    for (guint i = 0; i < root->children->len; i++) {
        const MessagePart *found = message_part_find(g_ptr_array_index(root->children, i), section);
        if (found)
            return found;
    }
    return NULL;
}

gboolean message_part_is(const MessagePart *part, const char *type, const char *subtype)
{
    return strcmp(part->type, type) == 0 && (!subtype || strcmp(part->subtype, subtype) == 0);
}

static void collect_leaves(const MessagePart *part, GPtrArray *leaves)
{
    if (strcmp(part->type, "multipart") != 0)
        g_ptr_array_add(leaves, (gpointer)part);
    for (guint i = 0; i < part->children->len; i++)
        collect_leaves(g_ptr_array_index(part->children, i), leaves);
}

GPtrArray *message_part_leaves(const MessagePart *root)
{
    GPtrArray *leaves = g_ptr_array_new();
    collect_leaves(root, leaves);
    return leaves;
}
