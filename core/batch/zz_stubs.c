#include "core/batch/land.h"
int bt_land_prove(struct bt_repo *repo, const struct bt_oid *a, const struct bt_oid *b, const struct bt_oid *c, const struct bt_prove_member *m, size_t nr, struct bt_err *err) { (void)repo; (void)a; (void)b; (void)c; (void)m; (void)nr; (void)err; return 0; }
