local function before(a)
  return a
end

local function bad(a)
  local x = = a
  return before(x)
end

function after() return before(1) end
