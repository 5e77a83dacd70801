<?php
class Outer {
    public $open;
    protected $half;
    private $closed;
    private const SECRET = 1;
    const SHOWN = 2;
    function implied() {}
    private static function secret() {
        class_alias('a', 'b');
    }
}
