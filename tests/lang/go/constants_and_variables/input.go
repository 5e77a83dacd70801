package p

const Pi = 3.14

const (
	A Kind = iota
	B
	c, d = 1, 2
)

var count int
var x, Y = 1, "s"
var (
	ErrGone = errors.New("gone")
	table   = map[string]int{key: 1}
)

func f() {
	const local = 1
	var z, w int
	z = local + w
}
