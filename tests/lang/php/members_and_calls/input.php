<?php
function use_all($client, $name) {
    $client->session->get($name)->json();
    $client?->close();
    Client::create(...$name);
    $client::VERSION;
    Client::$default->run();
    $client->$name();
    $name('x');
    (new Client)->open();
    strlen(string: $name);
    echo "hi {$client->name} and $name[0] \$no";
    echo <<<TEXT
      dear $client->name {$name['k']}
    TEXT;
    goto end;
    end:
    return parent::use_all(self::LIMIT, static::class);
}
