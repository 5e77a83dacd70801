/*
 * The door to libcurl: requests over HTTPS. Nothing else may open a connection. The library is loaded
 * when it is needed (core/base/library.h).
 */
#ifndef BT_NET_NET_H
#define BT_NET_NET_H

/*
 * The version of the libcurl that would be loaded, and of its TLS library ("7.88.1 OpenSSL/3.0.17"), or
 * "not installed".
 */
const char *bt_net_version(char *buf, unsigned len);

#endif
