class Printer {
    void print(int value) {
    }

    void print(String value, Object... rest) {
        print(1);
        this.print("x", value, rest);
    }

    static <T> void print(java.util.List<T> values) {
        values.forEach(System.out::println);
    }

    Printer() {
        this(0);
    }

    Printer(int width) {
        super();
    }
}
