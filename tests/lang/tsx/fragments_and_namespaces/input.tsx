const icon = (
	<>
		<svg:path xlink:href="x" d={d} />
		<this.Inner />
	</>
);
