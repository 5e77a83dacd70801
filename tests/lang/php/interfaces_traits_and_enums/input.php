<?php
interface Shape extends Named, Sized {
    const SIDES = 0;
    public function area(int $scale): float;
}

trait Loud {
    use Base;
    protected $volume = 11;
    public function say() { return $this->volume; }
}

enum Suit: string implements HasLabel {
    case Hearts = 'H';
    #[Old]
    case Spades = 'S';
    const WILD = self::Spades;
    public static function parse(string $s): self { return self::from($s); }
}

enum Status { case On; case Off; }
