module Shop::Tools
  class Hammer
    def hit; end
  end
  def self.all; end
end

class Shop::Cart < Shop::Base
  def add; end
end

module Deep::In::Side; end
