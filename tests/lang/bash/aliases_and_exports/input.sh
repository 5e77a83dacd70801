alias ll='ls -l'
helper() { ll; }
export EDITOR=vim
typeset -r FIXED=1
