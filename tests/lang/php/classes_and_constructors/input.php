<?php
/** A user. */
#[Entity(table: 'users')]
final class User extends Base\Model implements \JsonSerializable, Countable
{
    const A = 1, B = self::A;
    private static ?int $count = 0;
    public readonly string $name, $nick;

    public function __construct(
        private int $id,
        protected readonly ?Role $role = null,
        string ...$rest,
    ) {
        parent::__construct($id);
        self::$count = static::next($this->role?->rank());
    }

    abstract protected function area(): int|float;

    public static function make(): static { return new static(1); }
}

class Legacy {
    var $old = 1;
    function Legacy() {}
}
