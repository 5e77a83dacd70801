#include <stdio.h>
#include "local/header.h"
#include CONFIG_HEADER
#  include "../up.h"
#ifdef __linux__
# include <sys/epoll.h>
#endif
