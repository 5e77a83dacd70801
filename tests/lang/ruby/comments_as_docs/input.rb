# About the module.
module Documented
  # One line
  # and another.
  def lines
  end

  LIMIT = 1 # trailing

  def bare
  end

=begin
A block.
=end
  def block
  end

  # far away

  def far
  end
end
