/** The page. */
export default function Page({ params }: { params: Params }): JSX.Element {
	return <Layout.Main title={params.title}><p>text</p></Layout.Main>;
}
