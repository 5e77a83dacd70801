int größe = 1'000'000;
const char *raw = R"x(class NotAClass { "quote" )x";
struct Überschrift { int länge; };
int f() { return größe; /* not_a_name */ }
