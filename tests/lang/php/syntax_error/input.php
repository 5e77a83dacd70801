<?php
class Broken {
    function before() {
        return 1;
    }

    function bad($a {
        return $this->before();
    }

    function after($a) {
        $a = ;
        return before();
    }
}
