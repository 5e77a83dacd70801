class User
  attr_accessor :name, :email
  attr_reader "age"
  private attr_writer :token

  define_method(:greet) { |who, loud = false| loud ? shout(who) : who }
  alias display_name name
  alias :mail :email
  alias_method :post, :email
  has_many :orders, dependent: :destroy

  def name=(value)
    @name = value
    self.email = value
  end
end
