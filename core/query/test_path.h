/*
 * Which files are tests, by the habits of languages and projects.
 */
#ifndef BT_QUERY_TEST_PATH_H
#define BT_QUERY_TEST_PATH_H

#include <stdbool.h>

/* Is it a file of tests, or one that helps them? By its name and the folders it is in. */
bool bt_path_is_test(const char *path);

#endif
