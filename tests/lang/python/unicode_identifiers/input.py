größe = 1


class Straße:
    def öffne(self, schlüssel):
        return self.tür(schlüssel, größe)


def 計算(値):
    return 値 + größe
