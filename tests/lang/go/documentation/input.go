/*
Package p is documented.
*/
package p

// F does
// two things.
func F() {}

// Not above anything.

func G() {}

//go:noinline
func h() {}

type T struct {
	// Field has a comment.
	Field int
	Other int // behind
}
