decide() {
  if [ "$a" -gt 1 ] && [[ $b == x || $c ]]; then
    one
  elif test -n "$a"; then
    two
  else
    three
  fi
  for item in "$@"; do
    while read -r line; do
      if [ "$line" = "$item" ]; then break; fi
    done < "$file"
  done
  for ((i = 0; i < 3; i++)); do step "$i"; done
  until ready; do sleep 1; done
  case "$1" in
    start|begin) begin ;;
    stop) finish ;;
    *) usage ;;
  esac
  risky || return 1
  select choice in a b; do echo "$choice"; done
}

plain() { one; }
