typedef std::map<int, std::string> Names;
using Callback = void (*)(int);
template <typename T>
concept Addable = requires(T a, T b) { a + b; a.size(); };
template <Addable T> T add(T a, T b) { return a + b; }
auto trailing(int x) -> Names;
struct Forward;
class Other;
extern "C" {
int c_function(Callback cb);
}
