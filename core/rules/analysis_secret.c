/*
 * Secrets that are recognised by their shape (secret_shapes.c).
 */
#include <ctype.h>
#include <string.h>

#include "core/rules/analysis.h"
#include "core/rules/secret.h"

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=';
}

/* The secret that belongs to an AWS key id: forty characters of base64 in quotes or behind '=' or ':', close by. */
static void hide_aws_secret(const struct bt_look *look, size_t at, struct bt_findings_sink *s)
{
	size_t from = at > BT_SECRET_AWS_NEAR ? at - BT_SECRET_AWS_NEAR : 0;
	const char *p = look->data + from, *end = look->data + look->len;

	if ((size_t)(end - p) > 2 * BT_SECRET_AWS_NEAR)
		end = p + 2 * BT_SECRET_AWS_NEAR;
	while (p < end) {
		const char *start = p;

		while (p < end && is_base64(*p) && (*p != '=' || p > start))
			p++;
		if (p - start == 40 && bt_secret_is_random(start, 40) && !bt_secret_is_hex(start, 40)) {
			if (!bt_sink_add(s, (size_t)(start - look->data), (size_t)(p - look->data),
					 "AWS secret access key", 21))
				return;
			bt_sink_hide(s, (size_t)(start - look->data) + BT_SECRET_SHOWN, (size_t)(p - look->data));
		}
		p += p == start;
	}
}

void bt_analysis_secret(const struct bt_look *look, struct bt_findings_sink *s)
{
	struct bt_secret_scan scan = { .data = look->data, .len = look->len };
	struct bt_secret_hit hit;

	while (bt_secret_next(&scan, &hit)) {
		bt_sink_hide(s, hit.tail + BT_SECRET_SHOWN, hit.end);
		if (!bt_sink_add(s, hit.start, hit.end, hit.name, strlen(hit.name)))
			return;
		if (hit.is_aws_id)
			hide_aws_secret(look, hit.start, s);
	}
}
