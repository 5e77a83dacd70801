package shop.cart;

public class Cart {
    static class Line {
        int amount;

        class Note {
            String text() {
                return "x" + amount;
            }
        }
    }

    interface Visitor {
        void visit(Line line);
    }

    void each(Visitor visitor) {
        class Counter {
            int seen;

            void count() {
                seen++;
            }
        }
        new Counter().count();
        visitor.visit(new Line());
    }
}
