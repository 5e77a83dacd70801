package p

import "testing"

func TestMap(t *testing.T) {
	t.Run("sub", func(t *testing.T) { t.Log("x") })
}
func BenchmarkMap(b *testing.B)  {}
func FuzzMap(f *testing.F)       {}
func ExampleMap()                {}
func Testify()                   {}
func (s *Suite) TestInSuite()    {}
func TestMain(m *testing.M)      { m.Run() }
