namespace ClearanceEngine.Silo.Door;

/// <summary>The whole body of a request, or the answer that it gets instead.</summary>
/// <param name="Bytes">The body; empty when it was refused.</param>
/// <param name="Refusal">Null when the body is here.</param>
readonly record struct ReadBody(byte[] Bytes, IResult? Refusal);

/// <summary>Reads bodies that have a place; each has a largest size and a last moment.</summary>
sealed class BodyReader(DoorOptions options, TimeProvider time)
{
    /// <param name="request">Whose body.</param>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="OperationCanceledException">The sender is gone.</exception>
    public async Task<ReadBody> Read(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
            return new([], DoorProblems.TooLarge(limit));

        var aborted = request.HttpContext.RequestAborted;
        using var late = new CancellationTokenSource(options.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, aborted);
        try
        {
            var body = request.ContentLength is { } length
                ? await ReadKnown(request.Body, (int)length, either.Token)
                : await ReadUnknown(request.Body, limit, either.Token);
            return body is null ? new([], DoorProblems.TooLarge(limit)) : new(body, null);
        }
        catch (OperationCanceledException)
            when (late.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            return new([], DoorProblems.TooSlow(request.HttpContext, options));
        }
        catch (BadHttpRequestException e)
        {
            return new([], Refusal(request.HttpContext, e, limit));
        }
    }

    IResult Refusal(HttpContext context, BadHttpRequestException reason, int limit) =>
        reason.StatusCode switch
        {
            StatusCodes.Status408RequestTimeout => DoorProblems.TooSlow(context, options),
            StatusCodes.Status413PayloadTooLarge => DoorProblems.TooLarge(limit),
            _ => DoorProblems.Broken(reason.StatusCode),
        };

    static async Task<byte[]?> ReadKnown(Stream body, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await body.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Null when it is larger than allowed.</summary>
    static async Task<byte[]?> ReadUnknown(Stream body, int limit, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > limit)
                return null;
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }
}
