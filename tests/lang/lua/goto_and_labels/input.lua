function scan(list)
  for _, item in ipairs(list) do
    if item.skip then goto continue end
    do
      local kept = item
      use(kept)
    end
    ::continue::
  end
end
