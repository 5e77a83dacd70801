test_empty() {
  assertTrue "[ -z '$value' ]"
}

testPush() {
  push 1
  assertEquals 1 "$(size)"
}

setUp() { value=; }
helper_test() { :; }
