#!/usr/bin/env bash
source ./lib.sh
. "$DIR/common.sh"
source /etc/profile
. helpers.sh
[ -f local.sh ] && source local.sh
