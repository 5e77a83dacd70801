deploy() {
  trap cleanup EXIT
  git commit -m "message" --author=me file.txt
  sudo systemctl restart my-service
  ./local-script arg
  /usr/bin/env python3 script.py
  "$runner" task
  printf '%s\n' plain_word other-word 123 a.b
  xargs -I{} process {} < input.txt > output 2>&1
  ! negated_command | next_command &
}
