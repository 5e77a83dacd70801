report() {
  cat <<EOF
Hello $name, $(compute total)
EOF
  cat <<'RAW'
$untouched $(not_run)
RAW
  cat <<-TAB
	text ${indented}
	TAB
  mail "$to" <<< "$body"
}
