local function decide(a, items)
  if a > 1 and a < 5 or a == 9 then
    one()
  elseif a == 2 then
    two()
  else
    three()
  end
  for i, item in ipairs(items) do
    while item do
      if item == a then break end
    end
  end
  for i = 1, 3 do step(i) end
  repeat
    a = a + 1
  until a > 3
  return a and b or c
end

local function plain() return 1 end
