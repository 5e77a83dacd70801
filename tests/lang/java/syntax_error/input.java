class Broken {
    int before() {
        return 1;
    }

    int bad( {
        return before();
    }

    int after(int a) {
        return a + ;
    }
}
