class Before
{
    int A() { return 1; }

    int Broken(int p) { int x = ; return x + p; }

    int B() { return A(); }
}

class After { }
