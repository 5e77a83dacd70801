record Point(int x, @NonNull List<String> tags) implements Shape {
    static int made;

    Point {
        check(x);
    }

    Point(int x) {
        this(x, List.of());
    }

    int area(Object o) {
        if (o instanceof Point other && other.x > 0)
            return other.x();
        return switch (o) {
            case Point(int a, var b) when a > 2 -> a;
            case String s -> s.length();
            case null, default -> 0;
        };
    }
}

sealed interface Shape permits Point, Line {
    int SIDES = 0;

    int area(Object o);

    default void draw() {
    }
}
