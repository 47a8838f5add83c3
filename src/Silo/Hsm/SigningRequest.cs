namespace ClearanceEngine.Silo.Hsm;

/// <summary>Bytes that wait for a session.</summary>
sealed class SigningRequest(TokenKey key, ReadOnlyMemory<byte> data)
{
    readonly TaskCompletionSource<byte[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TokenKey Key => key;

    public ReadOnlyMemory<byte> Data => data;

    /// <summary>Where it waits; the queue's.</summary>
    public LinkedListNode<SigningRequest>? Place { get; set; }

    /// <summary>Sessions that failed on it.</summary>
    public int Failures { get; set; }

    /// <summary>The signature.</summary>
    public Task<byte[]> Done => _done.Task;

    /// <summary>It has its answer, or nobody waits for one any more.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    public void Complete(byte[] signature) => _done.TrySetResult(signature);

    public void Fail(Exception exception) => _done.TrySetException(exception);

    public void GiveUp() => _done.TrySetCanceled(CancellationToken.None);
}
