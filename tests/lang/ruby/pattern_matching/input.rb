def read(data)
  case data
  in {name: String => name, age: Integer}
    name
  in [first, *rest] if first
    rest
  in Point(x:, y: 0) | Circle[x]
    x
  in ^expected
    1
  in nil
    0
  else
    2
  end
  data => {id:}
end
