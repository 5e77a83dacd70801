class Größe
  attr_reader :länge

  def öffne(schlüssel)
    @tür = schlüssel + länge
  end
end
