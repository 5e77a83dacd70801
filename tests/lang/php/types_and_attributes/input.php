<?php
#[Attribute(Attribute::TARGET_METHOD)]
class Route {
    public function __construct(public string $path, public array|null $verbs = null) {}
}

class Pages {
    #[Route('/home', verbs: ['GET']), Cached]
    public function home(#[Sensitive] ?Request $request, int|a\B $id, (A&B)|null $both): ?Response
    {
        if ($request instanceof Ajax\Call) {
            return (string) $id;
        }
        try {
            return new Response(code: 200);
        } catch (Failure | a\Error $e) {
        }
    }
}
