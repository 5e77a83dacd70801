static DEFINE_MUTEX(big_lock);
DEFINE_SPINLOCK(small_lock);
static LIST_HEAD(queue);
DEFINE_PER_CPU(struct stats, counters);
DECLARE_PER_CPU(int, elsewhere);
LIST_HEAD(public_queue);

static int __maybe_unused helper(struct list_head *head)
{
	mutex_lock(&big_lock);
	list_for_each_entry(pos, head, member) {
		pos->count++;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(helper);
module_init(helper);
MODULE_LICENSE("GPL");
