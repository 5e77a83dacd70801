let count = 0;
count += 1;
count++;
a.b.c = d[e].f;
obj[key] = value;
delete obj.gone;
new Foo.Bar(arg);
tag`x ${y}`;
maybe?.call?.(z);
label: for (const k in obj) { continue label; }
export default count;
