<?php
namespace Shop\Cart;

class Cart
{
    public function each(callable $visitor): void
    {
        function inner(int $a) {
            return $a;
        }
        $count = 0;
        $add = function ($line) use (&$count) {
            $count++;
            return fn($x) => $x + $count;
        };
        $job = new class($count) extends Job {
            private $tries = 0;
            public function run() { $this->tries++; }
        };
    }
}

function outside() {}
