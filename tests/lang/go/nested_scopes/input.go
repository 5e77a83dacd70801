package p

func outer(a int) {
	type local struct{ n int }
	type alias = local
	x := local{n: a}
	if y := x.n; y > 0 {
		x := y
		use(x)
	}
	{
		z, err := call(x)
		_, _ = z, err
	}
}
