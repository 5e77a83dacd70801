namespace outer {
namespace {
int hidden;
}
inline namespace v1 {
void f();
}
}
namespace a::b::c {
struct S {};
}
namespace fs = std::filesystem;
using namespace outer;
using std::vector;

void outer::v1::f() { a::b::c::S s; ::global(); }
