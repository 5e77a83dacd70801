#!/bin/sh

# About it.
# More.
lines() { :; }

LIMIT=1 # trailing
bare() { :; }

# far away

far() { :; }
