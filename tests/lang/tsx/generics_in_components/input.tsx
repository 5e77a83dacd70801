function Select<T extends Option>(props: SelectProps<T>) { return <Menu<T> {...props} render={(x: T) => <b>{x.label}</b>} />; }
const typed = <T,>(value: T) => value;
