/*
 * Is a text a secret, or does it show how one looks? For analysis_secret*.c.
 */
#ifndef BT_RULES_SECRET_H
#define BT_RULES_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* How far from an AWS key id its secret is looked for, in bytes. */
#define BT_SECRET_AWS_NEAR 256

/* As many different characters as chance would give: no word, no row of zeros. len: at most 512 bytes count. */
bool bt_secret_is_random(const char *p, size_t len);
/* "example", "xxxx", "123456", "abcdef" and the like: somebody shows what it looks like. */
bool bt_secret_is_made_up(const char *p, size_t len);
bool bt_secret_is_hex(const char *p, size_t len);

/* What of it is shown behind its mark, so that it can be found. */
#define BT_SECRET_SHOWN 4

/* A pass over a text: data and len are given, the rest is zero; is_part: without the text around it, that shapes may ask for. */
struct bt_secret_scan {
	const char *data;
	size_t len;
	bool is_part;
	size_t shape, at;
};
/* [start, end) is the secret, and from tail on what follows its mark. */
struct bt_secret_hit {
	const char *name;
	size_t start, tail, end;
	bool is_aws_id;
};
/* Secrets by their shape, shape after shape; false: there are no more. */
bool bt_secret_next(struct bt_secret_scan *s, struct bt_secret_hit *ret);
/* Stars for the secrets in a text that is shown: the name of a definition. */
void bt_secret_mask(char *text, size_t len);

#endif
