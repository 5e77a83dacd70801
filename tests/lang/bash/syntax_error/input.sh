before() {
  echo one
}

bad() {
  if true; then
    echo "two"
}

after() {
  before
}
