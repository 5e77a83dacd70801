struct Num {
	Num &operator=(const Num &other) = delete;
	bool operator==(const Num &other) const { return v == other.v; }
	int operator [](int i);
	int operator()(int a, int b);
	operator bool() const { return v; }
	explicit operator const char *() const;
	void *operator new(size_t size);
	friend std::ostream &operator<<(std::ostream &out, const Num &n);
	int v;
};
Num operator+(const Num &a, const Num &b);
Num operator""_num(unsigned long long n) { return {}; }
Num::operator bool() const { return a == b; }
bool call(Num a) { return a == a; }
