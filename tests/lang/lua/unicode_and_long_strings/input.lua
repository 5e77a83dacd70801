local name_1, _private = 1, 2
local text = [[
not_a_name(1)
]]
local ok = [==[ ]] still ]==]
print(text .. ok, name_1)
