#define LIB_API __attribute__((visibility("default")))
LIB_BEGIN_NAMESPACE
class LIB_API Window : public Widget {
	Q_OBJECT
public:
	LIB_INLINE Window(int id) : id_(id) {}
	LIB_NODISCARD int id() const NOEXCEPT { return id_; }
	void lock() EXCLUSIVE_LOCK_FUNCTION(mu_) {}
	int id_ GUARDED_BY(mu_);
};
LIB_API extern int counter;
LIB_EXPORT template <typename T> struct Holder {};
LIB_END_NAMESPACE
