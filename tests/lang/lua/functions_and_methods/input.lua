function top(a, b) end
local function hidden(...) return select("#", ...) end
function Account.new(balance)
  return setmetatable({ balance = balance }, Account)
end
function Account:deposit(amount)
  self.balance = self.balance + amount
  Account.log(self, amount):flush()
end
function deep.er.module.go() end
