int area(int side);
int area(int width, int height) { return width * height; }
double area(double radius) { return radius; }
struct Printer {
	void print(int i);
	void print(const char *s) const;
	void print(int i) volatile {}
};
void Printer::print(int i) { area(i); }
