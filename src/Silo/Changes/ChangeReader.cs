namespace ClearanceEngine.Silo.Changes;

/// <summary>One stream or poll: where it stands in the events of a participant.</summary>
/// <param name="lane">Of the participant's topic; left when the reader is disposed.</param>
/// <param name="pages">For what is no longer in the lane.</param>
/// <param name="participant">Whose events.</param>
/// <param name="start">Offset of the first record.</param>
sealed class ChangeReader(TailLane lane, ReceiptPages pages, string participant, long start) : IDisposable
{
    readonly ulong _owner = ChangeCursor.OwnerOf(participant, lane.Topic);
    long _offset = start;

    public string Participant => participant;

    /// <summary>Done when there may be more than <see cref="Next"/> gave; taken before it is asked.</summary>
    public Task News => lane.News;

    /// <summary>Where whoever comes again goes on.</summary>
    public string Cursor => CursorAt(_offset);

    /// <summary>What there is from here on, at most so many; nothing when there is nothing yet.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka does not give it.</exception>
    public async Task<IReadOnlyList<ChangeEvent>> Next(int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (lane.Read(_offset, limit) is { } kept)
                return Taken(kept);

            var page = await pages.Read(lane.Topic, _offset, lane.Start, limit, cancellationToken);
            if (page.Records.Count > 0)
                return Taken(page);
            // No record is left before the lane: it is the lane's turn.
            _offset = Math.Max(page.Next, _offset);
        }
    }

    public void Dispose() => lane.Leave();

    ChangeEvent[] Taken(ReceiptPage page)
    {
        _offset = page.Next;
        return
        [
            .. page.Records.Select(record =>
                record.Event with
                {
                    Cursor = CursorAt(record.Offset + 1),
                    Participant = participant,
                }
            ),
        ];
    }

    string CursorAt(long offset) => new ChangeCursor(_owner, lane.Identity, offset).ToString();
}
