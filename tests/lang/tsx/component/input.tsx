import React, { type FC, useState } from 'react';

interface Props { items: Item[]; onPick?: (item: Item) => void }

export const List: FC<Props> = ({ items, onPick }) => {
	const [open, setOpen] = useState<boolean>(false);
	return (
		<ul className="list">
			{items.map((item) => <Row key={item.id} item={item} onClick={() => onPick?.(item)} />)}
		</ul>
	);
};
