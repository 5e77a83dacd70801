export class Counter extends React.Component<Props, State> {
	state: State = { count: 0 };
	increment = () => this.setState((s) => ({ count: s.count + 1 }));
	render(): JSX.Element { return <button onClick={this.increment}>{this.state.count}</button>; }
}
