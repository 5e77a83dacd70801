<?php
namespace App;

use Foo\Bar\Baz;
use Foo\Qux as Q, Top;
use function Foo\helper;
use const Foo\LIMIT as MAX;
use Foo\{One, Two as Deux, Sub\Three};
require_once __DIR__ . '/vendor/autoload.php';
require 'config.php';
include("parts/{$name}.php");

class Uses { use Loud, Quiet { say as private whisper; Loud::hear insteadof Quiet; } }
