local Stack = {}
Stack.__index = Stack

Stack.__add = function(a, b) return a:merge(b) end

function Stack.__tostring(self)
  return "stack " .. self.name
end

return setmetatable(Stack, {
  __call = function(cls, ...) return cls.new(...) end,
})
