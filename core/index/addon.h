/*
 * What else a parse worker makes of a blob, besides its facts and from the same parse. The box above (core/rules) gives
 * the functions; they are inherited by fork, with whatever ctx points to.
 *
 * A worker is not trusted: the bytes that come back must pass `take`, which decodes and checks them.
 */
#ifndef BT_INDEX_ADDON_H
#define BT_INDEX_ADDON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/lang/langs.h"

struct bt_store;
struct bt_syntax;

struct bt_addon {
	void *ctx;
	size_t len_max;		/* of one answer */
	bool few;		/* a handful of blobs will come: nothing is prepared that does not pay for them */
	/* In the zygote, behind bt_extract_prepare. */
	int (*prepare)(void *ctx, const struct bt_lang *lang, struct bt_err *err);
	/* In a worker. lang and syntax are NULL for a text without a known language. */
	int (*look)(void *ctx, const struct bt_lang *lang, const char *data, size_t len, struct bt_syntax *syntax,
		    struct bt_buf *out, struct bt_err *err);
	/* The same without what may be to blame when a blob killed its worker (BT_WANT_LESS); NULL: there is no such part. */
	int (*look_less)(void *ctx, const struct bt_lang *lang, const char *data, size_t len, struct bt_syntax *syntax,
			 struct bt_buf *out, struct bt_err *err);
	/* In the writer: is it there already for this blob of the store? BT_ROW or BT_DONE. */
	int (*has)(void *ctx, struct bt_store *s, uint32_t blob, const struct bt_lang *lang, struct bt_err *err);
	/* In the writer, before the transaction: checks an answer about a blob of this size. */
	int (*check)(void *ctx, const struct bt_lang *lang, uint64_t size, const void *p, size_t len,
		     struct bt_err *err);
	/* In the writer, inside the transaction: stores it; failed: that it cannot be made. */
	int (*put)(void *ctx, struct bt_store *s, uint32_t blob, const struct bt_lang *lang, bool failed,
		   const void *p, size_t len, struct bt_err *err);
};

#endif
