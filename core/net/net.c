/*
 * The version of libcurl, which is loaded for the question; requests come with their first user.
 */
#include "core/net/net.h"

#include <curl/curl.h>
#include <stdio.h>

#include "core/base/library.h"

struct curl_api {
	__typeof__(curl_version_info) *curl_version_info;
};

static const struct bt_library_symbol symbols[] = {
	{ "curl_version_info", offsetof(struct curl_api, curl_version_info) },
	{ NULL, 0 },
};

const char *bt_net_version(char *buf, unsigned len)
{
	struct bt_err ignored = BT_ERR_INIT;
	const curl_version_info_data *v;
	struct curl_api curl;

	if (bt_library_load(CURL_SONAME, symbols, &curl, &ignored)) {
		snprintf(buf, len, "not installed");
		return buf;
	}
	v = curl.curl_version_info(CURLVERSION_NOW);
	snprintf(buf, len, "%s %s", v->version, v->ssl_version ? v->ssl_version : "without TLS");
	return buf;
}
