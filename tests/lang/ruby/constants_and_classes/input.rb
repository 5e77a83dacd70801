LIMIT = 3
Shop::MAX ||= 10
Point = Struct.new(:x, :y) do
  def dist
    x + y
  end
end
Failure = Class.new(StandardError)
Coord = Data.define(:lat)
Helpers = Module.new
SQUARE = ->(x, y = 1) { x * y if y }
$debug = true

class Box
  @@count = 0
  @shared = 1
  SIZES = [1, 2].freeze
end
