// A shape.
class Shape {
public:
	Shape() : sides_(0) {}
	explicit Shape(int sides);
	virtual ~Shape() = default;
	virtual double area() const = 0;
	static int count;
	int sides() const { return sides_; }
private:
	int sides_ = 0, unused_;
	mutable std::vector<int> cache_;
};

int Shape::count = 0;
Shape::Shape(int sides) : sides_(sides), cache_{1, 2} {}
