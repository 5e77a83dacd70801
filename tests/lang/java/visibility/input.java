public class Outer {
    public int open;
    protected int half;
    int file;
    private int closed;

    private static class Hidden {
        public void reachable() {
        }
    }

    private void secret() {
        class Local {
            public int inside;
        }
    }
}
