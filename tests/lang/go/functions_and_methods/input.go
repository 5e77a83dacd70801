// Package shapes draws.
package shapes

// Area of a square.
func Area(side float64) float64 { return side * side }

func (s *Square) Scale(by, times int, names ...string) (n int, err error) {
	s.side = by * times
	return len(names), nil
}

func (Square) Name() string { return "square" }
func (l List[T]) Len() int  { return len(l.items) }
func hidden()               {}
func external(x int) bool
