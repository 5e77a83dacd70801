<?php
use PHPUnit\Framework\TestCase;

class QueueTest extends TestCase
{
    protected function setUp(): void {}

    public function testEmpty(): void
    {
        $this->assertTrue($this->queue->isEmpty());
    }

    #[Test]
    public function it_grows(): void {}

    public function test_shrinks() {}

    public function helper() {}
}
