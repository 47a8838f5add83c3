namespace ClearanceEngine.Silo.Accounts;

/// <summary>What is to become of the keys that sign tokens: which signs, which is made, which has gone. Pure.</summary>
/// <param name="lifetime">For so long a key signs.</param>
/// <param name="tokens">Longest life of a token, with the difference of clocks that its checks allow.</param>
/// <param name="lead">A key is made so long before it signs, so that every silo has it by then.</param>
sealed class TokenKeyPlan(TimeSpan lifetime, TimeSpan tokens, TimeSpan lead)
{
    /// <summary>The key to be made now: its number and when it begins to sign; null where none is.</summary>
    public (int Number, DateTimeOffset SignsFrom)? Next(IReadOnlyList<TokenKey> keys, DateTimeOffset now)
    {
        if (keys.Count == 0)
            return (1, now);
        var last = keys[^1];
        return now + lead < last.SignsFrom + lifetime
            ? null
            : (last.Number + 1, Later(last.SignsFrom + lifetime, now + lead));
    }

    /// <summary>The key that signs: the newest whose time has come.</summary>
    public static TokenKey Signing(IReadOnlyList<TokenKey> keys, DateTimeOffset now) =>
        keys.LastOrDefault(key => key.SignsFrom <= now) ?? keys[0];

    /// <summary>The newest key whose last token has ended, its successor having signed for longer than a token lives; null for none.</summary>
    public int? Gone(IReadOnlyList<TokenKey> keys, DateTimeOffset now)
    {
        int? gone = null;
        for (var i = 0; i + 1 < keys.Count; i++)
        {
            if (keys[i + 1].SignsFrom + tokens + lead <= now)
                gone = keys[i].Number;
        }
        return gone;
    }

    static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
