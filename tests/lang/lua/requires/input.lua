local json = require "json"
local util = require("lib.util")
local sep = require 'pl.path'.sep
require("side.effect")
dofile("setup.lua")
local ok, lazy = pcall(require, "maybe")
M.required = obj.require("not")
