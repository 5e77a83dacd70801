import java.util.*;

public class Tree<K extends Comparable<K> & Cloneable, V> extends base.Node<K>
        implements Iterable<Map.Entry<K, V>>, Shape {
    private final Map<K, List<? super V>> nodes = new HashMap<>();

    public <R extends V> Optional<R> find(K key, Class<R> type) {
        R found = type.cast(nodes.get(key));
        return Optional.<R>ofNullable(found);
    }

    K[] keys(Tree<K, ?>[] others) throws IOException, a.b.Failure {
        return null;
    }
}
