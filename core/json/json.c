/*
 * The version of cJSON.
 */
#include "core/json/json.h"

#include <cjson/cJSON.h>

const char *bt_json_version(void)
{
	return cJSON_Version();
}
