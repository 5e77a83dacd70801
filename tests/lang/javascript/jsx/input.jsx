import { Card } from './card';

export function List({ items, onPick }) {
	const rows = items.map((item) => <Row key={item.id} {...item} onClick={() => onPick(item)} />);
	return (
		<Card.Body title="not_a_name" aria-label={label}>
			<>{rows}</>
			<div className="x">text {count}</div>
		</Card.Body>
	);
}
