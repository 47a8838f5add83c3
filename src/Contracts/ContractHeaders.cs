namespace ClearanceEngine.Contracts;

/// <summary>Headers of the HTTP contract that are not HTTP's own.</summary>
public static class ContractHeaders
{
    /// <summary>Of an act: whoever sends it again under the same key gets the first answer (draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Of an answer that is given again.</summary>
    public const string IdempotencyReplayed = "Idempotency-Replayed";
}
