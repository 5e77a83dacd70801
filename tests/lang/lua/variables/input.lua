LIMIT = 3
local a, b <const>, c <close> = 1, 2
local declared
x, y = y, x
a.b.c = 1
list[i] = nil

function use()
  local inner = a
  global_made = inner
  for i = 1, LIMIT, b do print(i) end
  for k, v in pairs(list) do k.v = v end
end
