/** About the class. */
public class Documented {
    // One line
    // and another.
    int lines;

    int bare; // trailing

    /**
     * Adds.
     *
     * @param a the first
     */
    @Deprecated
    public int add(int a) // why
    {
        /* inside */
        return a;
    }

    /* far away */

    void far() {
    }
}
