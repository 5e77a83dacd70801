class Flow {
    int decide(int a, int[] items) {
        if (a > 1 && a < 5 || a == 9) {
            a++;
        } else if (a == 2) {
            a--;
        } else {
            a = 0;
        }
        outer:
        for (int i = 0; i < 3; i++) {
            for (int item : items) {
                while (true) {
                    if (item == i)
                        continue outer;
                    break outer;
                }
            }
        }
        do {
            a += 1;
        } while (a < 3);
        switch (a) {
        case 1:
        case 2:
            return 1;
        default:
            break;
        }
        try (Reader in = open(); other) {
            return in.read();
        } catch (IOException | RuntimeException e) {
            throw new Failure(e);
        } finally {
            close();
        }
    }

    int plain() {
        synchronized (this) {
            return 0;
        }
    }
}
