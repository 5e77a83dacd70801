trait Source[+T <: AnyRef, F[_]] extends Base[T] with Closeable {
  type Item
  type Pair = (T, Map[String, F[T]])
  def map[R >: T](f: T => R): Source[R, F]
  def project(a: Outer#Inner, b: x.y.Thing, c: T with Named): this.type
}

class Tree[K: Ordering, V](val root: Map[K, V]) extends a.b.Node[K](root) with Iterable[(K, V)]

type Handler[T] = (T, Int) => Unit
