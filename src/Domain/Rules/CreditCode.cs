namespace ClearanceEngine.Rules;

/// <summary>The 18-character unified social credit code (GB 32100).</summary>
public static class CreditCode
{
    const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// <summary>True when the characters are of the alphabet and the check character is right.</summary>
    public static bool IsValid(string code)
    {
        if (code.Length != 18)
            return false;
        int sum = 0,
            weight = 1;
        for (var i = 0; i < 17; i++)
        {
            var value = Alphabet.IndexOf(code[i]);
            if (value < 0)
                return false;
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        return code[17] == Alphabet[(31 - (sum % 31)) % 31];
    }
}
