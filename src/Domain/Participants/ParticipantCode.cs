namespace ClearanceEngine;

/// <summary>What a participant's code may be; it is part of the names of topics, so it has only what Kafka allows there.</summary>
public static class ParticipantCode
{
    /// <summary>A customs registration code (10) or social credit code (18): ASCII letters and digits.</summary>
    public static bool IsValid(string code) => code.Length is 10 or 18 && code.All(char.IsAsciiLetterOrDigit);
}
