/*
 * Do calls that were written for one signature still fit another? A signature may differ in much that its callers do not
 * notice: names of parameters, const, attributes, another type hint.
 */
#ifndef BT_RULES_RADIUS_SIGNATURE_H
#define BT_RULES_RADIUS_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

struct bt_signature {
	const char *text;	/* len bytes: from the start of the definition up to its body */
	size_t len;
	const char *name;	/* of the definition, name_len bytes */
	size_t name_len;
};

/*
 * lang: name of a language. A call that fitted `before` does not fit `after` when a parameter went or came without a default,
 * and may not when one, or the result, has another type, or has to be awaited. In C numbers fit each other. What cannot be
 * read as a list of parameters breaks callers when its tokens differ.
 */
enum bt_signature_break {
	BT_SIGNATURE_FITS,
	BT_SIGNATURE_TYPES,	/* types alone are others: what is given may have changed along with them */
	BT_SIGNATURE_BREAKS,
};
enum bt_signature_break bt_signature_compare(const char *lang, const struct bt_signature *before,
					     const struct bt_signature *after);

#endif
