/*
 * The version of libcurl; requests come with their first user.
 */
#include "core/net/net.h"

#include <curl/curl.h>
#include <stdio.h>

const char *bt_net_version(char *buf, unsigned len)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	snprintf(buf, len, "%s %s", v->version, v->ssl_version ? v->ssl_version : "without TLS");
	return buf;
}
