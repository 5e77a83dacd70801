/*
 * Secrets are taken out of what goes into a log: what logs in by an address, headers and parameters that hold tokens, and tokens that
 * are known by how they begin. A secret of another shape is not seen.
 */
#ifndef BT_BASE_REDACT_H
#define BT_BASE_REDACT_H

#include <stddef.h>

#include "core/base/buf.h"

/* Appends the text, "***" in the place of each secret. */
void bt_redact(struct bt_buf *out, const char *p, size_t len);

#endif
