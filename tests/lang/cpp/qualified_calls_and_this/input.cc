struct Node {
	Node *next;
	int depth();
	static Node *make();
};
int Node::depth()
{
	this->next->depth();
	(*this).depth();
	next->next = Node::make();
	std::make_shared<Node>(1);
	ns::inner::call(next->depth())->depth();
	return this->next ? 1 : depth();
}
