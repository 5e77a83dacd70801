/*
 * The door to cJSON: parsing of JSON that may come from anywhere. Writing is core/base/out.h.
 */
#ifndef BT_JSON_JSON_H
#define BT_JSON_JSON_H

/* The version of the cJSON that is linked. */
const char *bt_json_version(void);

#endif
