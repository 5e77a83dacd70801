namespace a::b {
void f();
class K { void g(); template <class T> void h(T t); };
namespace {
int hidden() { return 1; }
class Inside { public: void run(); };
}
}
void a::b::f() {}
void a::b::K::g() {}
template <class T> void List<T>::push(T x) {}
