package p

func before() int { return 1 }

func broken() int {
	return 1 +
}

func after() { before() }

type Ok struct {
	A int
	B
}
