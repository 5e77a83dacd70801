package p

type List[T any] struct{ items []T }
type Pair[K comparable, V int | string] struct {
	Key K
	Val V
}

func Map[T, U any](in []T, f func(T) U) []U {
	var out []U
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func (p *Pair[K, V]) Swap(o Pair[K, V]) { p.Val = o.Val }

var made = Map[int, string](nil, nil)
var list = &List[Pair[string, int]]{}
