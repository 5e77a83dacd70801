export function useThing(id: string) {
	const ref = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!id || ref.current) return;
		load(id).then(set);
	}, [id]);
	const memo = useCallback(async () => { await load(id); }, [id]);
	return { ref, memo };
}
