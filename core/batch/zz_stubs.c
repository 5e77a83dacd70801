#include <stdio.h>
#include <unistd.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/buf.h"
#include "core/batch/capture.h"
#include "core/batch/pin.h"
#include "core/batch/land.h"
#include "core/git/program.h"
#include "core/git/refs.h"
int bt_pin_add(struct bt_repo *repo, const char *agent, const char *lane, const struct bt_oid *c, size_t nr, unsigned *slot, struct bt_err *err)
{ (void)agent; (void)lane; *slot = 1; for (size_t i = 0; i < nr; i++) { char n[200], h[65]; snprintf(n, sizeof n, BT_PIN_PREFIX "x%s", bt_oid_hex(&c[i], h)); struct bt_ref_change ch = { .ref = n, .after = c[i] }; if (bt_refs_swap(repo, &ch, 1, NULL, err) && err->code != BT_ERR_BUSY) return err->code; *err = (struct bt_err)BT_ERR_INIT; } return 0; }
int bt_pin_trim(struct bt_repo *repo, const struct bt_pin_trim_opts *o, size_t *k, size_t *d, struct bt_err *err) { (void)repo; (void)o; (void)err; *k = *d = 0; return 0; }
int bt_land_prove(struct bt_repo *repo, const struct bt_oid *a, const struct bt_oid *b, const struct bt_oid *c, const struct bt_prove_member *m, size_t nr, struct bt_err *err) { (void)repo; (void)a; (void)b; (void)c; (void)m; (void)nr; (void)err; return 0; }
