enum class Color : uint8_t { Red, Green = 2 };
enum Plain { A, B };
enum struct Fwd : int;
union Value {
	int i;
	float f;
	Value() : i(0) {}
};
Color pick(Plain p)
{
	switch (p) {
	case A:
		return Color::Red;
	default:
		return Color::Green;
	}
}
