namespace ns {
struct Widget {
	Widget(int a, int b = 2) noexcept;
	Widget(Widget &&) = default;
	~Widget();
};
}
ns::Widget::Widget(int a, int b) noexcept : Base(a), b_(b) { init(); }
ns::Widget::~Widget() { release(this); }
template <class T> Box<T>::Box(T t) : t_(t) {}
template <class T> Box<T>::~Box() {}
void use() { auto *w = new ns::Widget(1); delete w; Widget local(1, 2); w->~Widget(); }
