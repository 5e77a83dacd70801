class Broken
  def before
    1
  end

  def bad(a
    before
  end

  def after(a)
    a = = 2
    before
  end
end
