/*
 * Name and value.
 */
#include "git-batho/version_print.h"

void bt_version_print(struct bt_context *c, const char *name, const char *value)
{
	bt_out_record(c->out, "option");
	bt_out_cstr(c->out, "name", name);
	bt_out_cstr(c->out, "value", value);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s: %s", name, value);
	bt_out_nl(c->out);
}
