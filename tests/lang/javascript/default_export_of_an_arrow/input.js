// Made on the fly.
export default async (a, b) => a + b;
