local M = {}

function M.outer(a)
  local total = a

  local function inner(b)
    local function deepest() return total end
    total = total + b
    return deepest()
  end

  function M.late(c)
    return inner(c)
  end

  return inner
end

return M
