class Vault
  def open
  end

  private

  def secret
  end

  attr_reader :key

  public

  def shown
  end

  protected

  def half
  end

  class Inner
    def reachable
    end
  end

  private def hidden(x) = x

  def self.make
  end
end

private

def helper
end
