/*
 * Included before a grammar's scanner (-include), whose source stays as it is.
 *
 * The scanner of swift asks calloc for no objects and uses one: what it reads then is whatever lies there,
 * and a tree must not depend on that.
 */
#ifndef BT_LANG_SCANNER_FIXES_H
#define BT_LANG_SCANNER_FIXES_H

#include <stdlib.h>

#define calloc(nr, size) calloc((nr) + !(nr), size)

#endif
