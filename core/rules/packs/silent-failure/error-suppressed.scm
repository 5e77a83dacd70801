;; severity: note
;; languages: php
;; words: @
;; skip: test
;; message: @ silences the failure of this call, and its result is not looked at
;; help: Neither the warning nor the result tells anybody that it failed.
;;  Check the result, or call it without @.
;; bad: php
;;| <?php @copy($a, $b);
;; bad: php
;;| <?php @$this->store($a);
;; bad: php
;;| <?php @\rename($file, $other);
;; good: php
;;| <?php if (!@copy($a, $b)) { throw new Exception("copy"); }
;;| $x = @file_get_contents($a);
;;| @unlink($tmp);
;;| @mkdir($dir, 0777, true);
;;| @curl_setopt($c, CURLOPT_NOBODY, true);
;;| @chmod($dir, 0777);
;;| @chmod($file, 0600);
;;| @uasort($list, $order);
;;| @$export->delete();
;;| @trigger_error('old', E_USER_DEPRECATED);
;;| @$document->loadHTML($html);
;; good: php
;;| <?php
;;| @exec($cmd, $output, $status);
;;| @file_put_contents($cacheFile, $css);
;;| try { zip(); } catch (Exception $x) { @rename($a, $b); throw $x; }
;; part: unless-spare
;;| (#not-match? @finding "[cC]ache|[tT]e?mp|[lL]og|[bB]ackup")
;;| (#not-has-ancestor? @finding "catch_clause" "finally_clause")
;;| (#not-in-named? @finding "*ache*" "*lean*" "__destruct")
; Of functions those that change something outside; of methods those that are called so.
((expression_statement
   (error_suppression_expression (function_call_expression function: (_) @_f))) @finding
 (#match? @_f "^\\\\?(copy|rename|file_put_contents|symlink|link|move_uploaded_file|mail|ftp_put|ftp_rename)$")
 {unless-spare})
((expression_statement
   (error_suppression_expression (member_call_expression name: (name) @_f))) @finding
 (#match? @_f "^(save|send|store|update|insert|put|create|execute|upload|commit|push|publish|move|copy|rename|import|install|uninstall)")
 {unless-spare})
