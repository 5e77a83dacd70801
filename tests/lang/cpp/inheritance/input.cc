class Base {};
struct Mixin { void mix(); };
class Derived final : public Base, protected virtual ns::Other<int>, Mixin {
	using Base::Base;
	void run() override;
};
template <typename T> class Policy : public T::template Inner<T> {};
