#!/bin/bash
hello() {
  echo "hi $1"
}

function keyword { hello world; }

function both() {
  keyword && hello there
}

subshell() ( cd /tmp; both )

ns::qualified() { dashed-name "$@"; }
dashed-name() { :; }
guarded() if true; then hello; fi
