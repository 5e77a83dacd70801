<?php
namespace App\Models {
    const LIMIT = 3;
    class User {}
    function helper() { return namespace\other(); }
}

namespace {
    use App\Models\User;
    $user = new User();
    \App\Models\helper();
    echo \App\Models\LIMIT, User::class;
}
