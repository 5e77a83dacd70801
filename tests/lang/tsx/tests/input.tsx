describe('List', () => {
	it('renders rows', async () => {
		render(<List items={[]} />);
		expect(screen.getByRole('list')).toBeVisible();
	});
});
