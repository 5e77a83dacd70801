def all(a, b = 1, *rest, k:, o: 2, **opts, &blk)
  yield a, b
  blk.call(k, o, *rest, **opts)
end

def pairs(items)
  items.each_with_index do |(key, value), i; tmp|
    tmp = key
    puts value, i
  end
  items.map(&:to_s).inject(:+)
  items.each { puts it }
  counter = lambda { |n| n + 1 }
  counter.call(1)
end

def forward(...) = all(...)
