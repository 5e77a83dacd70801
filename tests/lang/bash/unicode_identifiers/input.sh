öffne() { echo "$1"; }
計算() { öffne 1; }
計算
