export const Input = React.forwardRef<HTMLInputElement, Props>(function Input(props, ref) {
	return <input ref={ref} {...props} />;
});
export const Fast = memo(({ a }: Props) => <div>{a}</div>);
Input.displayName = 'Input';
