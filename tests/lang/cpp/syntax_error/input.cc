int before() { return 1; }
class Broken {
	int ok;
	void bad(int a { }
};
struct After {
	int field;
};
int last() { return before() + ; }
