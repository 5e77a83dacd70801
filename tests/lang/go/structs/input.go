package p

// Point is a place.
type Point struct {
	X, Y int `json:"x"`
	*Base
	ns.Other
	Embedded
	label string // short
	fn    func(a, b int) error
	inner struct{ Z int }
}

type empty struct{}
