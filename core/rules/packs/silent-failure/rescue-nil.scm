;; severity: warning
;; languages: ruby
;; words: rescue
;; skip: test
;; message: `rescue nil` drops any error, misspelled names included
;; help: The modifier catches every StandardError, NoMethodError and NameError among them.
;;  Use begin ... rescue with the kind of error that is expected.
;; bad: ruby
;;| x = save rescue nil
;; bad: ruby
;;| x.save(1) rescue false
;; good: ruby
;;| begin
;;|   x.save
;;| rescue Errno::ENOENT
;;|   nil
;;| end
;;| y = save rescue fallback
;; good: ruby
;;| io.close rescue nil
;;| File.unlink(path) rescue nil
;;| n = Integer(text) rescue nil
;;| t = Time.parse(text) rescue nil
;;| i = value.to_i rescue nil
;;| f = Strftime.new(format) rescue nil
;;| locked = take rescue false
;;| exit unless locked
;;| d = ::Date.new(year, month, day) rescue nil
;; part: may-fail
;;| ^(new|mkdir|getpw[a-z]+|getgr[a-z]+|name|address|purge|mon_exit|unlock|super|to_[a-z_]+|close[a-z_]*|
;;| closed[?]|unlink|delete|remove[a-z_]*|rm[a-z_]*|rollback|reopen|disconnect[!]?|destroy|kill|stop|shutdown|
;;| terminate|flush|finish|quit|logout|parse[a-z_]*|strptime|Integer|Float|Rational|BigDecimal|Time|utc|local|
;;| mktime|at|constantize|safe_constantize|const_get|decode[a-z_0-9]*|unescape|encode|utf8|iso8601|rfc2822|
;;| httpdate|strftime|match|exist[s]?[?]|[a-z_]+[?])$
;; part: conversion
;;| (^|= *)(::)?(Date|Time|DateTime|URI|IPAddr|IPAddress|Regexp|Pathname|Gem::Version)\\.|remove_const
((rescue_modifier
   body: [(call method: (_) @_f) (identifier) @_f] @_b
   handler: [(nil) (false) (true)]) @finding
 (#not-has-parent? @finding "assignment")
 (#not-explained? @finding)
 (#acts? @_b)
 (#not-match? @_b "{conversion}")
 (#not-match? @_f "{may-fail}"))
((assignment
   left: (_) @_v
   right: (rescue_modifier
     body: [(call method: (_) @_f) (identifier) @_f] @_b
     handler: [(nil) (false) (true)]) @finding)
 (#not-tested? @_v)
 (#not-explained? @finding)
 (#acts? @_b)
 (#not-match? @_b "{conversion}")
 (#not-match? @_f "{may-fail}"))
