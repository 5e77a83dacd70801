template <typename T, int N = 3>
class Stack {
public:
	template <class U> U convert(const T &t) const;
	void push(T value) { items_.push_back(value); }
private:
	std::array<T, N> items_;
};

template <>
class Stack<bool, 1> {};

template <typename T, int N>
template <class U>
U Stack<T, N>::convert(const T &t) const
{
	return static_cast<U>(t);
}

template <typename... Ts> auto sum(Ts... ts) { return (ts + ...); }
template <typename T> constexpr T pi = T(3.14);
template <typename T> using Ptr = std::unique_ptr<T>;
template class Stack<int, 2>;
int x = sum<int>(1, 2) + std::max<long>(1, 2);
