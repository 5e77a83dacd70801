package p

func (p *Point) work(m map[string]*ns.Thing, opts ...Option) {
	p.X += m["a"].Count
	p.arr[0] = ns.Make(p)
	q := &Point{X: 1, Base: Base{}}
	s := []Point{{X: 2}}
	v, ok := m["k"].(*ns.Other)
	p.next().next().X++
	var e error = (*Custom)(nil)
	fn(q, s, v, ok, e, opts...)
loop:
	for k := range m {
		delete(m, k)
		break loop
	}
	new(ns.Thing).Do()
	panic(fmt.Sprintf("%T", ns.Global))
}
