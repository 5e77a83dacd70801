def decide(a, items)
  if a > 1 && a < 5 || a == 9
    one
  elsif a == 2
    two
  else
    three
  end
  for item in items do
    while item
      next unless item.ok?
      break if item.done?
    end
  end
  case a
  when 1, 2 then small
  when 3 then mid
  else big
  end
  begin
    risky
  rescue Failure, Net::Error => e
    log(e)
  rescue
    quit
  ensure
    close
  end
  a ? b : c
  value = fetch rescue nil
  until a and not b do a += 1 end
end

def plain
  1
end
