class Values {
    public static final int MAX = 10, MIN = MAX - 9;
    private String name, nick = "n";
    protected int[] sizes[] = {{1}, {2}};
    volatile boolean done;

    static {
        Registry.add(Values.class);
    }

    {
        done = false;
    }

    int use() {
        final int limit = MAX, other;
        sizes[0][limit] = this.sizes.length;
        Values.MIN.name.nick = super.toString();
        return (int) limit;
    }
}
