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

#endif
