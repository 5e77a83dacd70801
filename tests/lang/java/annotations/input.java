/**
 * A marker.
 */
@Retention(RetentionPolicy.RUNTIME)
public @interface Marker {
    String value() default "none";

    int[] levels();
}

@Marker(value = Names.MAIN, levels = {1, 2})
@SuppressWarnings("unchecked")
class Marked {
    @Deprecated
    @a.b.Inject(name = "x")
    protected String field;

    @Override
    public boolean equals(@Nullable final Object other) {
        return false;
    }
}
