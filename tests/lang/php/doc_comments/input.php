<?php
// One line
// and another.
function lines() {}

$bare = 1; // trailing

/**
 * About the class.
 */
#[Marker]
class Documented
{
    # hash style
    public $hash;

    /** Adds. */
    public function add($a) // why
    {
        /* inside */
        return $a;
    }

    /* far away */

    public function far() {}
}
