<?php
class Größe {
    public $länge = 1;
    function öffne($schlüssel) {
        return $this->länge + $schlüssel;
    }
}
