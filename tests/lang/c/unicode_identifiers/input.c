int größe(int länge)
{
	int π = länge * 2;

	return π;
}
