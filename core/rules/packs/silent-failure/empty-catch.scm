;; severity: warning
;; languages: javascript, typescript, tsx, python, ruby, php, java, c-sharp, kotlin, scala, swift, cpp
;; words: catch except rescue suppress
;; skip: test
;; message: an empty catch block drops the error
;; help: The error is gone, and so is the reason why something does not work later.
;;  Handle it, pass it on, or catch only the kind of error that is expected here. Where any error may be dropped, say
;;  so: batho:ignore empty-catch -- reason. A handler of a narrow kind of error (all but in JavaScript) may be empty;
;;  everywhere what only cleans up (close, unlink, ...) or asks whether something is there may fail. A comment of four
;;  words or more that says why nothing needs to be done will do, too; "ignored" does not.
;; bad: javascript, typescript, tsx
;;| try { a() } catch (e) {}
;; bad: javascript, typescript, tsx
;;| try { a() } catch { /* nothing */ }
;; good: javascript, typescript, tsx
;;| function fromUri(uri) { try { return JSON.parse(uri.query) } catch (e) {} }
;;| async function f() { try { await sftp.mkdir(path) } catch (e) {} }
;; bad: javascript, typescript, tsx
;;| function f(s) { try { return save(s) } catch (e) {} }
;; bad: javascript, typescript, tsx
;;| function f(s) { try { return save(s) } catch (e) {} return null }
;; good: javascript, typescript, tsx
;;| try { a() } catch (e) { log(e) }
;; good: javascript, typescript, tsx
;;| function f(s) { try { return parse(s) } catch (e) {} return parseOld(s) }
;;| function g() { for (const x of y) { try { use(x); break } catch (e) {} again(x) } }
;; good: javascript, typescript, tsx
;;| try { await executeCoreCommand('moveViews', ids) } catch {}
;;| try { view.insertBefore(a, b); ctx.restore(); socket.send(x) } catch {}
;;| function f(x) { try { save(x); return true } catch {} return false }
;; good: javascript, typescript, tsx
;;| try { socket.close() } catch {}
;;| try { await this.page?.destroy(1); } catch {}
;;| try { fs.unlinkSync(tmp) } catch (e) {}
;;| try { fs.rmSync(tmp, { recursive: true }) } catch (e) {}
;;| try { if (child) child.kill() } catch (e) {}
;;| try {
;;|   if (map.getLayer(a)) map.removeLayer(a);
;;|   if (map.getLayer(b)) map.removeLayer(b);
;;| } catch { /* ignored */ }
;; good: javascript, typescript, tsx
;;| let m; try { m = require('optional') } catch (e) {}
;;| try { input.setSelectionRange(0, 0) } catch (e) {}
;;| try { localStorage.setItem('a', 'b') } catch (e) {}
;;| try { } catch (e) { }
;; good: javascript, typescript, tsx
;;| try { observe('paint', note) } catch { /* not supported */ }
;;| let names = []; try { names = fs.readdirSync(dir) } catch { /* no such folder */ }
;;| function day(id) { try { const t = parseInt(id, 16); return when(new Date(t)) } catch (_) {} return '' }
;; good: javascript, typescript, tsx
;;| function f(s) { let v; try { v = parse(s) } catch (e) {} if (!v) { throw new Error(s) } }
;;| function e(s) { let v; try { if (s.j) v = { j: s.toJSON() } } catch (e) {} if (v) return v }
;;| let c; try { c = await load() } catch { /* no settings: the defaults of the caller hold */ }
;;| try {
;;|   // the first error is the one to throw
;;|   if (!this.isActive) await this.rollbackTransaction()
;;| } catch (rollbackError) {}
;;| function isThere(s) { try { return ask(s) } catch {} return false }
;;| function t(e) { try { note(e); undo(e) } catch (second) {} throw e }
;;| let v = s; try { v = JSON.parse(v) } catch (e) {}
;;| try { x.y[z] = JSON.parse(x.y[z]) } catch (e) {}
;;| try { $(el).tooltip('destroy'); } catch (e) { /* gone */ }
;;| let name = s; try { name = spec(s).name } catch (e) {}
;;| let address; try { address = request.remoteAddress } catch (e) {}
;;| function g(s) { if (s) { try { return parse(s) } catch { /* old */ } } return parseOld(s) }
;;| function h(a) { for (const s of a) { try { return parse(s) } catch {} } return parseOld(a) }
;; bad: python
;;| try:
;;|     a()
;;| except:
;;|     pass
;; bad: python
;;| try:
;;|     a()
;;| except Exception as e:
;;|     # best effort
;;|     pass  # really
;; bad: python
;;| try:
;;|     a()
;;| except (ValueError, builtins.BaseException):
;;|     ...
;; bad: python
;;| def f():
;;|     try:
;;|         return a()
;;|     except Exception:
;;|         pass
;;|     return None
;; bad: python
;;| with contextlib.suppress(Exception):
;;|     a()
;; good: python
;;| try:
;;|     a()
;;| except KeyError:
;;|     pass
;;| try:
;;|     b()
;;| except (OSError, my.Exception):
;;|     pass
;;| except Exception as e:
;;|     log(e)
;;| with suppress(FileNotFoundError):
;;|     c()
;; good: python
;;| def f():
;;|     try:
;;|         return a()
;;|     except Exception:
;;|         pass
;;|     return b()
;; good: python
;;| try:
;;|     a()
;;| except Exception:
;;|     # whoever listens may be gone by now
;;|     pass
;; good: python
;;| try:
;;|     cache[key] = value
;;| except Exception:
;;|     pass
;;| try:
;;|     if debug:
;;|         log.msg("alive")
;;| except Exception:
;;|     pass
;; good: python
;;| try:
;;|     self.sock.close()
;;| except Exception:
;;|     pass
;;| try:
;;|     import fast
;;| except Exception:
;;|     pass
;;| try:
;;|     n = int(text)
;;| except Exception:
;;|     pass
;;| with suppress(Exception):
;;|     await self.sock.close()
;;| try:
;;|     # it may be gone
;;|     logging.debug("stopping %s", child)
;;|     child.kill()
;;| except Exception:
;;|     pass
;;| try:
;;|     a()
;;| except Exception as e:
;;|     log(e)
;;|     try:
;;|         b()
;;|     except Exception:
;;|         pass
;;| with suppress(Exception):
;;|     head = run("git rev-parse HEAD")
;; good: python
;;| def f(s):
;;|     v = None
;;|     try:
;;|         v = parse(s)
;;|     except Exception:
;;|         pass
;;|     if v is None:
;;|         raise ValueError(s)
;; bad: ruby
;;| begin
;;|   a
;;| rescue
;;| end
;; bad: ruby
;;| def f
;;|   a
;;| rescue StandardError => e
;;|   # best effort
;;| end
;; bad: ruby
;;| begin
;;|   a
;;| rescue ArgumentError, Exception
;;|   nil
;;| end
;; good: ruby
;;| begin
;;|   a
;;| rescue Errno::ENOENT, My::Exception
;;| rescue => e
;;|   warn e.message
;;| end
;; good: ruby
;;| begin
;;|   io.close
;;| rescue
;;|   nil
;;| end
;; good: ruby
;;| def call
;;|   begin
;;|     a
;;|   rescue => error
;;|   end
;;|   b
;;|   raise error if error
;;| end
;; good: ruby
;;| def f
;;|   number = begin
;;|     text.gsub(/[^0-9]/, "")
;;|   rescue
;;|     nil
;;|   end
;;|   stat = begin
;;|     read
;;|   rescue
;;|     nil
;;|   end
;;|   return unless stat
;;|   if a
;;|     begin
;;|       return b
;;|     rescue
;;|     end
;;|   end
;;|   c
;;| end
;; bad: php
;;| <?php try { a(); } catch (\Exception $e) {}
;; bad: php
;;| <?php try { a(); } catch (RuntimeException | Throwable) { /* nothing */ }
;; good: php
;;| <?php try { a(); } catch (NotFoundException $e) {} catch (\Exception $e) { log($e); }
;; good: php
;;| <?php
;;| function f() { try { return a(); } catch (\Exception $e) {} return b(); }
;;| function g() { try { a(); } catch (\Exception $e) {} b(); if (isset($e)) { throw $e; } }
;;| try { $file->close(); } catch (\Exception $e) {}
;;| try { $this->dropForeignKey('a', 'b'); } catch (\Exception $e) {}
;;| try {
;;|     // May already be there
;;|     $this->insertRow('a');
;;| } catch (\Exception $e) {}
;;| function k($n) { try { $this->store($n); return true; } catch (\Exception $e) {} return false; }
;;| try {
;;|     // what belongs to the old one
;;|     $this->connection->getDriver()->disconnect();
;;| } catch (\Exception $e) {}
;;| try { $d = new \DateTime($text); } catch (\Exception $e) {}
;;| function h() { try { $v = a(); } catch (\Exception $e) {} if (empty($v)) { throw new Gone(); } }
;; bad: java
;;| class A { void f() { try { g(); } catch (Exception e) {} } }
;; bad: java
;;| class A { void f() { try (X x = g()) { x.write(1); } catch (IOException | FooException e) { /* ignored */ } } }
;; bad: java
;;| class A { void f() { try { g(); } catch (final Exception ignored) { // TODO: what should we do here, really?
;;| } } }
;; good: java
;;| class A { void f() {
;;|   try { g(); } catch (IOException e) { log.warn("no g", e); }
;;|   try { n = Integer.parseInt(s); } catch (NumberFormatException e) { }
;;|   try { x.wait(); } catch (TimeoutException swallow) { }
;;|   try { in.close(); } catch (IOException e) { }
;;|   try { state.save(text); } catch (IOException e) { /* will not happen */ }
;;|   try { response.sendRedirect(url); } catch (IOException e) { }
;;|   try (ServletOutputStream out = response.getOutputStream()) { out.write(b); } catch (IOException e) { }
;;|   try { g(); } catch (IOException e) {
;;|     // the file is a cache: it is made again by the next run
;;|   }
;;| }
;;| Object find() {
;;|   try { return first(); } catch (Exception e) { }
;;|   return second();
;;| }
;;| void told() { try { listener.onEvent(e); } catch (Exception e) { } }
;;| void closeQuietly() { try { g(); in.close(); } catch (IOException e) { } } }
;; bad: c-sharp
;;| class A { void F() { try { G(); } catch { } } }
;; bad: c-sharp
;;| class A { void F() { try { G(); H(); } catch (System.Exception e) { /* swallow */ } } }
;; good: c-sharp
;;| class A { void F() {
;;|   try { G(); } catch (ObjectDisposedException) { }
;;|   try { x.Kill(); } catch (Exception) { }
;;|   try { G(); } catch (Exception e) when (e is FormatException) { }
;;|   try { G(); } catch (Exception) { // whatever it was, the next one is tried
;;|   }
;;| }
;;| void Dispose() { try { G(); } catch { } }
;;| void J() {
;;|   // The name of its program, this might fail.
;;|   try { name = p.Modules[0].FileName; } catch (Exception) { /* ignore */ }
;;|   try { Paint(); } catch { /* ignore, BUG-2065 */ }
;;| }
;;| void I() {
;;|   // Values from the host. Catch-all is right because of its code.
;;|
;;|   // The window.
;;|   try { a = raw.Size(); } catch (Exception) { }
;;| }
;;| void H() { try {
;;|   // a getter that may throw for some encodings
;;|   name = encoding.WebName;
;;| } catch { } }
;;| bool DecodeHex() { try { x = ToText(s); } catch { } return x != null; }
;;| void Tell() { try { StateChanged.SafeInvoke(this, e); } catch (Exception) { } }
;;| void Count() { try { telemetry.Track(1); } catch { } } }
;; bad: kotlin
;;| fun f() { try { g() } catch (e: Exception) { } }
;; bad: kotlin
;;| fun f() { try { g() } catch (_: IOException) { /* ignore */ } }
;; good: kotlin
;;| fun f() {
;;|   try { g() } catch (e: Exception) { throw X(e) }
;;|   try { g() } catch (_: ClosedChannelException) { }
;;|   try { g(); socket.close() } catch (_: ClassNotFoundException) { } catch (e: Exception) { log(e) }
;;|   try { socket.close() } catch (_: Exception) { }
;;|   val x = try { g() } catch (e: Exception) { null }
;;| }
;; bad: scala
;;| object A { def f() = try { g() } catch { case _: Throwable => } }
;; bad: scala
;;| object A { def f() = try g() catch { case NonFatal(e) => () } }
;; bad: scala
;;| def f =
;;|   try g()
;;|   catch
;;|     case e: Exception => ()
;; bad: scala
;;| def f = try g() catch case _: Exception => ()
;; good: scala
;;| object A {
;;|   def f() = try { g() } catch { case e: Exception => log(e) }
;;|   def h(x: Any) = x match { case _: Exception => () }
;;|   def i() = try g() catch { case _: FileAlreadyExistsException => () }
;;|   def j() = try g() catch { case e: Exception => e match { case _ => }; throw e }
;;|   def k() = try g() catch { case _: Exception => // the original bytes are kept then
;;|   }
;;| }
;; bad: swift
;;| func f() { do { try g() } catch { } }
;; bad: swift
;;| func f() { do { let x = try g(); h(x) } catch let error { /* nothing */ } }
;; good: swift
;;| func f() { do { try g() } catch { } // the version that everybody has is as good
;;| }
;; good: swift
;;| func f() { do { try g() } catch { print(error) } }
;; good: swift
;;| func f() { do { try g() } catch is CancellationError { } catch { log(error) } }
;; bad: cpp
;;| void f() { try { g(); } catch (...) {} }
;; bad: cpp
;;| void f() { try { g(); } catch (const std::exception &e) { /* ignore */ } }
;; good: cpp
;;| void f() { try { g(); } catch (...) { abort(); } }
;; good: cpp
;;| struct A { ~A() { try { g(); } catch (...) { } } };
;; good: cpp
;;| void f() { try { n = std::stoi(s); } catch (const std::out_of_range &) { } }
;; part: cleaning-up
;;| close|destroy|dispose|kill|terminate|unlink|remove|rm|rmdir|rmtree|abort|cancel|disconnect|release|shutdown|
;;| stop|end|free|unsubscribe|detach|quit|logout|rollback|cleanup|teardown|clear|unref|unlock|finish|hide|unbind|
;;| rollBack|fclose|pclose|closedir
;; part: ending
;;| [Cc]lose|[Dd]ispose|[Dd]isconnect|[Ss]hut[Dd]own|[Cc]ancel|[Dd]elete|[Dd]estroy|[Rr]elease|[Kk]ill|[Aa]bort|
;;| [Ss]top|[Uu]n[a-z]*([Rr]egister|[Ss]ubscribe)|[Rr]emove|[Tt]erminate|[Cc]lean
;; part: converting
;;| forName|getDeclared|getMethod|getField|getConstructor|loadClass|findClass|loadLibrary|[Pp]arse|[Dd]ecode|
;;| fromString|fromJson|new (java[.]net[.])?(URL|URI|Uri)[(]|URI[(]|valueOf|[Vv]erify|[Vv]alidate|ChangeType|
;;| Convert[.]|[Rr]egex|stoi|stol|stod|stoul|toInt|toLong|toDouble|lexical_cast|Invoke[(]|invoke[(]|
;;| [.]setAccessible|getProperty|getenv|[Dd]eserializ|AssertionError|Regex[(]|Pattern[.]compile|
;;| [iI]s[A-Za-z]*(Supported|Available)|Convert[.]|[Ll]ogging|publish[(]|onError|tryReceive
;; part: ending-names
;;| "*uiet*" "*ilent*" "?lose*" "?ispose*" "?estroy*" "?lean?p*" "?hut?own*" "stop*" "Stop*" "finalize"
;;|  "?erminate*" "?bort*" "?elease*" "kill*" "Kill*" "*Stop" "*Close"
;; part: asking-names
;;| "is*" "Is*" "can*" "Can*" "has*" "Has*" "?ry*" "*OrNull" "*OrNone" "*OrElse*" "*OrDefault" "?arse*" "from*"
;;|  "From*" "?quals" "same*" "operator*" "unapply" "test*" "Test*" "*upport*" "*alid*" "*xist*" "*vailable*"
;;|  "*onvert*" "*erify*" "*gnor*" "?ecode*" "?etect*" "?robe*" "?heck*" "?hould*" "?atch" "?atches*" "toInt*"
;; part: any-exception
;;| ^except[[:space:]]*:|^except[^:]*[^A-Za-z0-9_.](builtins\\.)?(Base)?Exception([^A-Za-z0-9_][^:]*)?:
;; part: any-rescue
;;| ^rescue([[:space:]]*(=>|#|;|$)|[^\n]*[^A-Za-z0-9_:](::)?(StandardError|Exception)([^A-Za-z0-9_:]|$))
;; part: no-deed
;;| ^[{]?[[:space:]]*([^;{}()]*[.>:?])?({ending})[A-Za-z]*[(][^;{}]*;?[[:space:]]*[}]?$|{converting}|[Ii]nvoke|
;;| [Rr]aise|[Ee]vent|[Cc]hanged[(]|[Cc]allback|[Ll]istener|eh[(]|[Tt]elemetry|[Tt]race|/[/*][^\\n]*([Tt]hrow|
;;| [Ff]ail|[Ee]xception|[Ii]gnor)
;; part: no-deed-python
;;| ^((#[^\n]*|(await[[:space:]]+)?([A-Za-z0-9_()]+(\\[[^]]*\\])?\\.)*_?({cleaning-up}|join|log|logger|logging|
;;| debug|info|warning|warn|msg|print|flush|error|exception)(_[a-z_]+)?\\([^\n]*\\)|if [^\n]*:)[[:space:]]*)+$
;; part: no-deed-php
;;| ^\\{[[:space:]]*(//[^\n]*[[:space:]]*)*(@|\\$[A-Za-z0-9_>$:()-]+(->|::)|Log::)?({cleaning-up}|warning|error|
;;| info|debug)([A-Z][A-Za-z]*)?\\([^;{}]*\\);[[:space:]]*\\}$
;; part: no-deed-ruby
;;| ^(begin[[:space:]]+)?(([A-Za-z0-9_@()]+(\\[[^]]*\\])?&?\\.)*({cleaning-up}|delete)[a-z_]*[!?]?([ (][^\n]*)?|
;;| [^\n]*[.](gsub|sub|strip|split|match|parse|iso8601|to_[a-z]+)([(][^\n]*)?)[[:space:]]+rescue
;; part: other-way
;;| DROP |SELECT |SHOW |PRAGMA|ALTER |information_schema|importlib|__import__|[.]submit|Registry|
;;| (//|/[*]|#)[^\n]*([aA]lready|[eE]xist|[mM]ay |[mM]ight )
;; part: said-before
;;| [Ss]wallow|(^|[^:])[Ii]gnor(e|ed|ing|es)[^a-z]|[Cc]atch[- ]all|[Bb]est.effort|(third|3rd).party|
;;| nothing .*can do|(might|may|can|could) fail
;; part: expected
;;| [aA]lready|[nN]ot (supported|available|found|there|present|an? |yet )|[uU]n(supported|available|readable)|
;;| [nN]o such|does(n.t| not) exist|[mM]issing|[oO]ptional|[bB]est.effort|[^a-z]no [a-z]+[ ]
;; part: any-throwable
;;| ^([_a-z]+|[_a-z]+ *: *(Throwable|Exception|RuntimeException|Error)|NonFatal[(][_a-z]+[)])$
;; part: dates
;;| new *\\\\?(DateTime|DateTimeImmutable|DateTimeZone|DateInterval|Carbon)|(Date|Carbon)::(parse|create)
;; part: python-conversion
;;| ^[^=\n]*[^=!<>\n]=[[:space:]]*(int|float|str|bool|ast\\.literal_eval)\\([^\n]*\\)[[:space:]]*(\n|$)
;; part: js-where
;;| (#empty? @_body)
;;| (#not-empty? @_try)
;;| (#not-explained? @finding)
;;| (#not-long-line? @finding 400)
;;| (#not-match? @_body "{expected}")
;;| (#not-has-ancestor? @finding "catch_clause")
;;| (#not-match? @_try "^\\{([[:space:]]*(//[^\n]*|(if *\\([^;{}]*\\)[[:space:]]*\\{?[[:space:]]*)?
;;| (await[[:space:]]+|void[[:space:]]+)?
;;| ([A-Za-z0-9_$#()?!-]+(\\[[^]]*\\])?[?!]*\\.)*_?({cleaning-up})([A-Z][A-Za-z]*)?
;;| (\\?\\.)?\\([^;]*\\)[[:space:]]*;?[[:space:]]*\\}?)[[:space:]]*)+\\}$")
;;| (#not-match? @_try "[(]'(destroy|close|stop|remove|disconnect|dispose)'[)][[:space:]]*;?[[:space:]]*[}]$|
;;| ^[{][[:space:]]*console[.]")
;;| (#not-mentions? @_try "require" "import" "localStorage" "sessionStorage" "setSelectionRange"
;;|  "setPointerCapture" "releasePointerCapture" "focus" "blur" "scrollIntoView" "play" "vibrate" "accessSync"
;;|  "statSync" "lstatSync" "Intl" "isCancellationRequested" "mkdir" "mkdirSync" "enableCompileCache"
;;|  "PerformanceObserver" "dataTransfer" "execCommand" "external" "replaceState" "pushState" "URL" "RegExp"
;;|  "kill" "Function")
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-match? @_try "{other-way}")
;;| (#not-has-ancestor? @finding "finally_clause")
;;| (#acts? @_try)
;;| (#not-has-descendant? @_try "throw_statement")
;;| (#not-tested? @_try)
;; part: python-where
;;| (#not-explained? @finding)
;;| (#not-has-ancestor? @finding "except_clause")
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-match? @_try "{other-way}")
;;| (#not-has-ancestor? @finding "finally_clause")
;;| (#acts? @_try)
;;| (#not-match? @_try "{no-deed-python}")
;; part: ruby-where
;;| (#match? @finding "{any-rescue}")
;;| (#not-again? @_e)
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-match? @_all "{other-way}")
;;| (#not-has-ancestor? @finding "ensure")
;;| (#acts? @_all)
;;| (#not-explained? @finding)
;;| (#not-in-named? @finding "Log" "*Logger" "log" "log_*" "warn" "debug")
;;| (#not-match? @_all "{no-deed-ruby}")
;; part: php-where
;;| (#match? @_type "^\\\\?(Exception|Throwable|Error)$")
;;| (#empty? @_body)
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-match? @_try "{other-way}")
;;| (#not-has-ancestor? @finding "finally_clause")
;;| (#acts? @_try)
;;| (#not-match? @_body "[aA]lready|[eE]xist")
;;| (#not-explained? @finding)
;;| (#not-has-ancestor? @finding "catch_clause")
;;| (#not-in-named? @finding "__toString" "__destruct")
;;| (#not-again? @_e)
;;| (#not-match? @_try "{no-deed-php}")
;;| (#not-match? @_try "{dates}")
;;| (#not-tested? @_try)
;; part: scala-where
;;| (#match? @_type "{any-throwable}")
;;| (#not-match? @_try "{no-deed}")
;;| (#not-match? @_try "{other-way}")
;;| (#not-has-ancestor? @finding "finally_clause")
;;| (#acts? @_try)
;;| (#not-has-descendant? @_try "return_expression")
;;| (#not-in-named? @finding {ending-names} {asking-names})
;; query: javascript, typescript, tsx
((try_statement
   body: (statement_block) @_try
   handler: (catch_clause body: (statement_block) @_body) @finding) @_all
 {js-where}
 (#not-precedes? @_all "^throw")
 (#not-has-descendant? @_try "return_statement" "break_statement" "continue_statement")
 (#not-match? @_try "^\\{[[:space:]]*[][A-Za-z0-9_.$]+ = [^;]*;?[[:space:]]*\\}$"))
([(function_declaration body: (statement_block
       (try_statement
         body: (statement_block) @_try
         handler: (catch_clause body: (statement_block) @_body) @finding) @_all))
  (function_expression body: (statement_block
       (try_statement
         body: (statement_block) @_try
         handler: (catch_clause body: (statement_block) @_body) @finding) @_all))
  (arrow_function body: (statement_block
       (try_statement
         body: (statement_block) @_try
         handler: (catch_clause body: (statement_block) @_body) @finding) @_all))
  (method_definition body: (statement_block
       (try_statement
         body: (statement_block) @_try
         handler: (catch_clause body: (statement_block) @_body) @finding) @_all))]
 {js-where}
 (#not-in-named? @finding "is*" "_is*" "has*" "can*" "supports*" "exists*" "*Exists" "try*" "maybe*" "safe*"
   "from*" "parse*")
 (#has-descendant? @_try "return_statement")
 (#last? @_all))
((statement_block
   (try_statement
     body: (statement_block) @_try
     handler: (catch_clause body: (statement_block) @_body) @finding)
   .
   (return_statement) @_next)
 {js-where}
 (#has-descendant? @_try "return_statement")
 (#match? @_next "^return[[:space:]]*(null|undefined|void 0|true|false|\\[\\]|\\{\\}|''|\"\"|``|-?[0-9]+)?[[:space:]]*;?$")
 (#not-in-named? @finding "is*" "_is*" "has*" "can*" "supports*" "exists*" "*Exists" "try*" "maybe*" "safe*"
   "from*" "parse*")
 (#not-match? @_try "return true")
 (#not-mentions? @_try "parseInt" "parseFloat" "Date"))
;; query: python
((try_statement body: (block) @_try (except_clause (block (_) @_s)) @finding) @_all
 (#not-has-descendant? @_try "return_statement" "break_statement" "continue_statement")
 (#match? @_s "^(pass|\\.\\.\\.)$")
 (#match? @finding "{any-exception}")
 (#first? @_s) (#last? @_s)
 {python-where}
 (#not-precedes? @_all "^raise")
 (#not-in-named? @finding "*Logger" "log" "log_*" "_log*" "emit" "__str__" "__repr__" "__del__")
 (#not-has-child? @_all "else_clause")
 (#not-match? @_try "{python-conversion}")
 (#not-match? @_try "^[^=]*=[^=(]*[.](split|strip|partition|index|lower)[(][^;]*$")
 (#not-has-descendant? @_try "import_statement" "import_from_statement")
 (#not-mentions? @_try "pwd" "grp")
 (#not-tested? @_try))
((function_definition
   body: (block (try_statement body: (block) @_try (except_clause (block (_) @_s)) @finding) @_all))
 (#has-descendant? @_try "return_statement")
 (#last? @_all)
 (#match? @_s "^(pass|\\.\\.\\.)$")
 (#match? @finding "{any-exception}")
 (#first? @_s) (#last? @_s)
 {python-where}
 (#not-precedes? @_all "^raise")
 (#not-in-named? @finding "*Logger" "log" "log_*" "_log*" "emit" "__str__" "__repr__" "__del__")
 (#not-has-child? @_all "else_clause")
 (#not-match? @_try "{python-conversion}")
 (#not-match? @_try "^[^=]*=[^=(]*[.](split|strip|partition|index|lower)[(][^;]*$")
 (#not-has-descendant? @_try "import_statement" "import_from_statement")
 (#not-mentions? @_try "pwd" "grp")
 (#not-tested? @_try))
((block
   (try_statement body: (block) @_try (except_clause (block (_) @_s)) @finding) @_all
   .
   (return_statement) @_next)
 (#has-descendant? @_try "return_statement")
 (#not-match? @_try "return True")
 (#match? @_next "^return([[:space:]]+(None|True|False|\\[\\]|\\{\\}|\\(\\)|''|\"\"|-?[0-9]+))?$")
 (#match? @_s "^(pass|\\.\\.\\.)$")
 (#match? @finding "{any-exception}")
 (#first? @_s) (#last? @_s)
 {python-where}
 (#not-precedes? @_all "^raise")
 (#not-in-named? @finding "*Logger" "log" "log_*" "_log*" "emit" "__str__" "__repr__" "__del__")
 (#not-has-child? @_all "else_clause")
 (#not-match? @_try "{python-conversion}")
 (#not-match? @_try "^[^=]*=[^=(]*[.](split|strip|partition|index|lower)[(][^;]*$")
 (#not-has-descendant? @_try "import_statement" "import_from_statement")
 (#not-mentions? @_try "pwd" "grp")
 (#not-tested? @_try))
((with_statement
   (with_clause
     (with_item
       value: (call function: [(identifier) @_f (attribute attribute: (identifier) @_f)]
                    arguments: (argument_list [(identifier) @_type (attribute attribute: (identifier) @_type)]))
       @finding))
   body: (block (expression_statement [(call) (await)]) @_st) @_try)
 (#eq? @_f "suppress")
 (#any-of? @_type "Exception" "BaseException")
 {python-where}
 (#first? @_st) (#last? @_st))
;; query: ruby
((begin (rescue variable: (exception_variable (_) @_e)? !body) @finding) @_all
 (#not-has-parent? @_all "assignment")
 (#not-has-descendant? @_all "return" "break" "next")
 {ruby-where})
((assignment left: (_) @_v right: (begin (rescue variable: (exception_variable (_) @_e)? !body) @finding) @_all)
 (#not-tested? @_v)
 {ruby-where})
((body_statement (rescue variable: (exception_variable (_) @_e)? !body) @finding) @_all
 {ruby-where})
((begin (rescue variable: (exception_variable (_) @_e)? body: (then (nil) @_s)) @finding) @_all
 (#not-has-parent? @_all "assignment")
 (#not-has-descendant? @_all "return" "break" "next")
 (#first? @_s) (#last? @_s)
 {ruby-where})
((assignment left: (_) @_v right: (begin (rescue variable: (exception_variable (_) @_e)? body: (then (nil) @_s)) @finding) @_all)
 (#not-tested? @_v)
 (#first? @_s) (#last? @_s)
 {ruby-where})
((body_statement (rescue variable: (exception_variable (_) @_e)? body: (then (nil) @_s)) @finding) @_all
 (#first? @_s) (#last? @_s)
 {ruby-where})
;; query: php
((try_statement
   body: (compound_statement) @_try
   (catch_clause type: (type_list (named_type) @_type) name: (variable_name)? @_e body: (compound_statement) @_body) @finding) @_all
 (#not-precedes? @_all "^throw")
 (#not-has-descendant? @_try "return_statement" "break_statement" "continue_statement")
 {php-where})
([(method_declaration body: (compound_statement (try_statement body: (compound_statement) @_try (catch_clause type: (type_list (named_type) @_type) name: (variable_name)? @_e body: (compound_statement) @_body) @finding) @_all))
  (function_definition body: (compound_statement (try_statement body: (compound_statement) @_try (catch_clause type: (type_list (named_type) @_type) name: (variable_name)? @_e body: (compound_statement) @_body) @finding) @_all))]
 (#has-descendant? @_try "return_statement")
 (#last? @_all)
 {php-where})
((compound_statement
   (try_statement
     body: (compound_statement) @_try
     (catch_clause type: (type_list (named_type) @_type) name: (variable_name)? @_e body: (compound_statement) @_body) @finding)
   .
   (return_statement) @_next)
 (#has-descendant? @_try "return_statement")
 (#not-match? @_try "return true")
 (#match? @_next "^return[[:space:]]*(null|NULL|true|false|\\[\\]|array\\(\\)|''|\"\"|-?[0-9]+)?[[:space:]]*;$")
 {php-where})
;; query: java
((_
  body: (block) @_try
  (catch_clause
    (catch_formal_parameter (catch_type (_) @_type))
    body: (block) @_body) @finding) @_all
 (#any-match? @_type "^(java[.](lang|io|sql)[.])?(Exception|Throwable|RuntimeException|Error|IOException|SQLException)$")
 (#not-match? @_all "[sS]ervlet|[rR]esponse")
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "{no-deed}")
 (#not-match? @_try "{other-way}")
 (#not-has-ancestor? @finding "finally_clause")
 (#not-match? @finding "[a-z] exceptions?[^A-Za-z]|[hH]appen|[iI]mpossible|[nN]ever")
 (#not-has-ancestor? @finding "catch_clause")
 (#acts? @_try)
 (#not-has-descendant? @_try "return_statement")
 (#not-in-named? @finding {ending-names} {asking-names}))
;; query: c-sharp
((try_statement
  body: (block) @_try
  (catch_clause
    (catch_declaration type: (_) @_type)?
    body: (block) @_body) @finding)
 (#match? @_type "^(System[.])?Exception$")
 (#not-has-child? @finding "catch_filter_clause")
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "{no-deed}")
 (#not-match? @_try "{other-way}")
 (#not-has-ancestor? @finding "finally_clause")
 (#not-match? @finding "[a-z] exceptions?[^A-Za-z]|[hH]appen|[iI]mpossible|[nN]ever")
 (#not-has-ancestor? @finding "catch_clause")
 (#acts? @_try)
 (#not-has-descendant? @_try "return_statement")
 (#not-in-named? @finding "~*" {ending-names} {asking-names}))
;; query: kotlin
((try_expression
  (block) @_try
  (catch_block
    (user_type) @_type
    (block) @_body) @finding)
 (#match? @_type "^((java[.](lang|io|sql)|kotlin|okio)[.])?(Exception|Throwable|RuntimeException|Error|IOException|SQLException)$")
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "{no-deed}")
 (#not-match? @_try "{other-way}")
 (#not-has-ancestor? @finding "finally_block")
 (#not-match? @finding "[a-z] exceptions?[^A-Za-z]|[hH]appen|[iI]mpossible|[nN]ever")
 (#not-has-ancestor? @finding "catch_block")
 (#acts? @_try)
 (#not-has-descendant? @_try "return_expression")
 (#not-in-named? @finding {ending-names} {asking-names}))
;; query: scala
((try_expression
  body: (_) @_try
  (catch_clause
    (_
      (case_clause
        pattern: (_) @_type
        !body) @finding)))
 (#not-has-child? @finding "guard")
 {scala-where}
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}"))
((try_expression
  body: (_) @_try
  (catch_clause
    (_
      (case_clause
        pattern: (_) @_type
        body: [(unit) (block)] @_body) @finding)))
 (#not-has-child? @finding "guard")
 {scala-where}
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}"))
((try_expression
  body: (_) @_try
  (catch_clause
    pattern: (_) @_type
    body: [(unit) (block)] @_body) @finding)
 {scala-where}
 (#empty? @_body))
;; query: swift
((do_statement
  (statements) @_try
  (catch_block) @finding)
 (#match? @finding "^catch( +(let +)?error)? *[{]")
 (#not-has-child? @finding "statements")
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "[.](close|cancel|removeItem|shutdown|stop|terminate)[A-Za-z]*[(][^;{}]*$")
 (#not-match? @_try "{other-way}")
 (#acts? @_try)
 (#not-has-descendant? @_try "control_transfer_statement")
 (#not-in-named? @finding {ending-names}))
;; query: cpp
((try_statement
  body: (_) @_try
  (catch_clause
    parameters: (parameter_list) @_type
    body: (compound_statement) @_body) @finding)
 (#match? @_type "[(]([.][.][.]|(const +)?(std::)?exception( +const)? *&? *[a-zA-Z_]*)[)]")
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "{no-deed}")
 (#not-match? @_try "{other-way}")
 (#not-match? @finding "[a-z] exceptions?[^A-Za-z]|[hH]appen|[iI]mpossible|[nN]ever")
 (#not-has-ancestor? @finding "catch_clause")
 (#acts? @_try)
 (#not-has-descendant? @_try "return_statement")
 (#not-in-named? @finding "~*" {ending-names} {asking-names}))
