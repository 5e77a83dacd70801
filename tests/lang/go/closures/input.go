package p

var handler = func(w Writer, r *Request) { serve(w, r) }

func outer() func() int {
	count := 0
	inc := func(by int) int {
		if by > 0 {
			count += by
		}
		return count
	}
	go func() { inc(1) }()
	defer func(x int) {}(2)
	return func() int { return inc(2) }
}
