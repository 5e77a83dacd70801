local config = {
  name = "x",
  run = function(self, how)
    return self.name
  end,
  nested = { deep = 1, call = function() end },
  [1] = "one",
  ["key"] = value,
  positional,
}

M.limit = 3
M.sub.value = config.name

local function make()
  return { inside = 1, act = function() end }
end
