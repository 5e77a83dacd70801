class Größe
{
    int höhe;

    int 長さ(int @class)
    {
        var ñandú = @class;
        return höhe + ñandú;
    }
}
