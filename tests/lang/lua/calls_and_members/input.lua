local function use(obj, f)
  obj.field.sub:method(1):chained "text"
  f { key = 1, other }
  string.format("%s", obj.name)
  ("text"):upper()
  obj["index"](f)
  f()()
  return not obj, #obj.items, -f
end
