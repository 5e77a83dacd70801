greet() {
  echo "${name:-$fallback} ${#list[@]} ${path##*/} ${!ref} ${map[$key]}"
  echo $1 "$@" $? $$ ${10}
  local files=$(find "$dir" -name '*.sh' | sort)
  echo `legacy "$old"` <(sub "$arg")
  echo 'single $quoted' $'ansi $not'
}
