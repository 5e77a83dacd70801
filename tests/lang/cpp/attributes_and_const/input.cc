[[nodiscard]] int checked();
[[deprecated("old"), gnu::always_inline]] inline int old() { return 1; }
constexpr int kLimit = 3;
static constexpr const char *kName = "n";
const int kPlain = 4;
thread_local int per_thread;
class [[my::attr(1)]] Marked {};
