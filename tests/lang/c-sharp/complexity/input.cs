class K
{
    void Straight() { }

    int Busy(int[] items, bool a, bool b)
    {
        int total = 0;
        foreach (var item in items)
        {
            if (a && b || item > 3) { continue; }
            else if (a) { while (total < 10) total++; }
            else { do { total--; } while (b); }
        }
        switch (total)
        {
            case 0:
            case 1: return 1;
            default: break;
        }
        try { total = a ? 1 : 2; }
        catch (IOException e) when (e.HResult != 0) { throw; }
        finally { total = 0; }
        return total;
    }
}
