class QueueTest < Minitest::Test
  def setup
    @queue = Queue.new
  end

  def test_empty
    assert @queue.empty?
  end

  test "grows when pushed" do
    @queue.push(1) if ready?
  end
end

describe Queue do
  it "shrinks" do
    expect(Queue.new.size).to eq 0
  end
end
