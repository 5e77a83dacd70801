local TestQueue = {}

function TestQueue:setUp() end

function TestQueue:test_empty()
  lu.assertTrue(self.queue:empty())
end

function test_push()
  assert(push(1) == 1)
end

function testPop() end

describe("queue", function()
  it("shrinks", function() expect(1) end)
end)
