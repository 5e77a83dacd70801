function area(side) {
	function half(x) {
		return x / 2;
	}
	const twice = (x) => half(x) * 4;
	return twice(side);
}

class Box {
	size() {
		return area(1);
	}

	half() {
		return 0.5;
	}
}

function half(x) {
	return x >> 1;
}

const twice = 2, hidden = 3;

export { area, half, twice as double };
