@sealed
class Service {
	@observable value = 1;
	@action.bound
	update(x) {}
	@route('/x', { method: GET })
	show() {}
}
