package p

type Shape interface {
	Area() float64
	Scale(by, times int) (Shape, error)
	fmt.Stringer
	Named
}

type Number interface {
	~int | ~float64
}

var _ Shape = (*Point)(nil)
