auto twice = [](int x) { return x * 2; };
static const auto later = [](auto &&f) -> int {
	if (f())
		return 1;
	return 0;
};

int run(std::vector<int> &v)
{
	auto inner = [&v, n = 3](int i) { return v[i] > n ? i : 0; };
	std::sort(v.begin(), v.end(), [](int a, int b) { return a < b; });
	return inner(twice(1));
}
