package p

type (
	// First of all.
	First struct{ a int }

	Second = string
	third  func(int) error
	Fourth map[string][]First
)

type Fifth First
