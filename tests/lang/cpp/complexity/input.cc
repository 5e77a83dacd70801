int tangle(const std::vector<int> &v)
{
	int sum = 0;

	for (auto &[k, x] : v) {
		if (x > 1 and k or x < 0)
			continue;
		else if (!x)
			break;
	}
	try {
		sum = v.empty() ? 0 : v.at(1);
	} catch (const std::out_of_range &e) {
		throw Failure(e);
	} catch (...) {
		while (sum) { sum--; }
	}
	return sum;
}
