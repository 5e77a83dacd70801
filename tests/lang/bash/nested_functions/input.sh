outer() {
  local total=1

  inner() {
    total=$((total + $1))
    deepest() { echo "$total"; }
    deepest
  }

  inner 2
}
outer
