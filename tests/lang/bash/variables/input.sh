LIMIT=3
readonly NAME="x $LIMIT" OTHER
export PATH="$PATH:/bin"
declare -a list=(one "two" $three)
declare -A table=([key]=value)
declare unset_yet
list[1]=four
list+=(five)
total=$((LIMIT + list[0] * 2))
ENV_ONLY=1 command --flag="$NAME"

use() {
  local a b=2 c
  readonly d=3
  made_global=$a
  read -r line
  unset made_global
}
