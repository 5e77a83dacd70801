#!/usr/bin/env lua

--- About it.
-- More.
function lines() end

--[[
A block.
]]
local function block() end

LIMIT = 1 -- trailing
function bare() end

-- far away

function far() end
