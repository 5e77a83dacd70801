const Before = () => <div />;
function Broken() { return <div>{a.}</div>; }
const After = () => <span>{b}</span>;
