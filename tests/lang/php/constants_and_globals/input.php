<?php
const LIMIT = OTHER;
define('GLOBAL_NAME', 1);
define("OTHER_NAME", LIMIT);
define($dynamic, 2);
$setting = true;
$table['key'] = 1;
if (PHP_INT_SIZE > 4) {
    $inside = GLOBAL_NAME;
}

function use_them() {
    global $setting, $other;
    static $calls = 0;
    $local = Values::MAX + $setting;
    [$a, $b] = [$b, $a];
    list('k' => $c, 'l' => list($d)) = $table;
    $local .= "x";
    unset($a);
    return constant('GLOBAL_NAME');
}
