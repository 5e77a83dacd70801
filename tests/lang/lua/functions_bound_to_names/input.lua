local square = function(x) return x * x end
twice = function(f, ...)
  return f(f(...))
end
M.field = function(self) return self end
local a = function() end
M["dynamic"] = function() end
local plain = compute(function(y) return y end)

function go()
  local by = function(row) return row.rank end
  self.handler = function() end
end
