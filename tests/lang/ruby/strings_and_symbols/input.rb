def greet(user)
  name = "hello #{user.name} and #{full(user)}"
  table = { key: 1, "text" => 2, old: :sym, user => %i[a b] }
  sql = <<~SQL
    select #{columns} from t
  SQL
  pattern = /^#{prefix}-\d+/
  send(:call_me, :"odd #{name}")
  `ls #{dir}`
end
