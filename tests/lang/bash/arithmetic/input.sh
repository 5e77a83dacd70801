count() {
  ((total += step))
  local sum=$((a * (b - c) / d))
  let "x = y + 1"
  if ((sum > limit && total)); then
    echo $((sum > 0 ? sum : -sum))
  fi
}
