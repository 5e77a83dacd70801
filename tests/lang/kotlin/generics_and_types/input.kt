interface Source<out T : Any> : Base<T>, Closeable {
    fun <R> map(block: (T) -> R): Source<R>
}

class Tree<K, V>(val root: Map<K, List<V?>>) : a.b.Node<K>(root), Comparable<Tree<K, V>> where K : Comparable<K> {
    fun find(key: K): V? = root[key] as? V
}

typealias Handler<T> = suspend (T, Int) -> Unit
