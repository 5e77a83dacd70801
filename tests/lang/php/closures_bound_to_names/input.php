<?php
$square = fn(int $x): int => $x * $x;
$pick = function ($a, &$b = 1) use ($square) {
    return $a > $b ? $a : $b;
};
$plain = compute(fn($x) => $x);

class Table {
    public function sort(array $rows) {
        $by = static fn(Row $row) => $row->rank ?? 0;
        usort($rows, $by);
        return array_map('strtoupper', $rows);
    }
}
