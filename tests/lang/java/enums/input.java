public enum Planet implements Body {
    MERCURY(0.3, 2),
    @Deprecated
    VENUS(4.8, 6) {
        @Override
        double pull() {
            return mass * 2;
        }
    },
    EARTH;

    private final double mass;
    static final int COUNT = 3;

    Planet() {
        this(1, 1);
    }

    private Planet(double mass, double radius) {
        this.mass = mass;
    }

    double pull() {
        return mass;
    }
}
