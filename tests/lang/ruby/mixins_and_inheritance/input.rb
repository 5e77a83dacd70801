class Report < Base::Document
  include Enumerable, Comparable
  extend Forwardable
  prepend Loud::Voice

  def each(&block)
    items.each(&block)
    super
  end

  def <=>(other)
    super(other)
  end
end
