class Vec
  def +(other)
    Vec.new(x + other.x)
  end

  def -@ = Vec.new(-x)

  def [](index)
    parts[index]
  end

  def []=(index, value)
    parts[index] = value
  end

  def ==(other) = other.is_a?(Vec) && x == other.x

  def empty?
    !parts.any?
  end

  def clear!
    parts.clear
  end

  def to_s() "#{x}, #{label.upcase}" end
end
