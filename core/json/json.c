/*
 * The version of cJSON; the parser comes with its first user.
 */
#include "core/json/json.h"

#include <cjson/cJSON.h>

const char *bt_json_version(void)
{
	return cJSON_Version();
}
