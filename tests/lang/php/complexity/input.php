<?php
function decide(int $a, array $items): int
{
    if ($a > 1 && $a < 5 || $a == 9) {
        one();
    } elseif ($a == 2) {
        two();
    } else if ($a == 3) {
        three();
    } else {
        four();
    }
    foreach ($items as $key => $item) {
        while (true) {
            if ($item == $a) continue 2;
        }
    }
    for ($i = 0, $j = 1; $i < 3; $i++) {}
    do { step(); } while ($a < 3);
    switch ($a) {
        case 1:
        case 2:
            small();
            break;
        default:
            big();
    }
    $text = match (true) {
        $a > 1, $a < 0 => 'x',
        $a == 0 => 'y',
        default => 'z',
    };
    try { risky(); } catch (Failure $e) { quit($e); } finally { close(); }
    return $a ?: $text ?? 0;
}

function plain() { return 1; }
