exports.first = function (a) { return a; };
module.exports.second = (a, b) => a + b;
exports.Third = class {};
module.exports = function main(options) {
	return exports.first(options);
};
module.exports.value = 3;
