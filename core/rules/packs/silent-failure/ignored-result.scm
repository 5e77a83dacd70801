;; severity: warning
;; languages: c, cpp
;; names: realloc reallocarray setuid setgid seteuid setegid setreuid setregid setresuid setresgid setgroups initgroups
;; names: chroot chdir fchdir ftruncate truncate rename asprintf vasprintf posix_memalign pipe pipe2 socketpair
;; names: pthread_create fread
;; skip: test
;; message: what this call returns is ignored
;; help: It says there whether it failed, and the program goes on as if it had not. Look at it; (void) before the call
;;  says that it is ignored on purpose.
;; bad: c, cpp
;;| void f(void) { setuid(1000); run(); }
;; bad: c, cpp
;;| void f(void) { if (x) ftruncate(fd, 0); }
;; bad: c, cpp
;;| void f(void) { rename("a", "b"); }
;; good: c, cpp
;;| void f(int fd) { if (put(fd)) { ftruncate(fd, size); logit("cannot write"); } }
;; good: c, cpp
;;| int f(FILE *in) { if (bad(in)) { fread(rest, 1, 4, in); return -1; } return 0; }
;; good: c, cpp
;;| void f(void) { if (setuid(1000)) abort(); }
;; good: c, cpp
;;| void f(void) { (void)ftruncate(fd, 0); }
;; good: c, cpp
;;| int f(void) { return rename("a", "b"); }
;; good: c, cpp
;;| void f(void) {
;;|   chdir("/"); // it is as good a place as any other
;;|   g();
;;| }
;; good: c, cpp
;;| void g(void) { fread(buf, SIZE, 1, fp); if (ferror(fp) || !feof(fp)) fail(); }
;;| void f(void) { dup2(fd, 1); sscanf(s, "%d", &n); close(fd); }
((expression_statement
  (call_expression function: (identifier) @_f)) @finding
 (#any-of? @_f
   "realloc" "reallocarray"
   "setuid" "setgid" "seteuid" "setegid" "setreuid" "setregid" "setresuid" "setresgid" "setgroups" "initgroups"
   "chroot" "chdir" "fchdir" "ftruncate" "truncate" "rename"
   "asprintf" "vasprintf" "posix_memalign" "pipe" "pipe2" "socketpair" "pthread_create" "fread")
 (#not-precedes? @finding "^return *(NULL|nullptr|-1|false|FALSE|0) *;|^goto |^[a-z_]*(log|err|warn)[a-z_]* *[(]|perror|^if *[(]ferror")
 (#not-match? @finding "^(truncate|rename|fread)[(][^,]*[)]|^chdir *[(]\"/\"")
 (#not-explained? @finding))
