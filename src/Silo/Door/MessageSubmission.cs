using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// <c>POST /ceb</c>: a place, then the body, which goes to Kafka like any other's; then intake's decision is waited for. While it
/// is, nothing of the message is held but the addresses of its parcels.
/// </summary>
sealed class MessageSubmission(
    DoorBell bell,
    BodyPlaces places,
    BodyReader reader,
    DoorOptions door,
    IntakeOptions intake,
    IKafkaProducer producer,
    ClusterMac macs,
    DeclarationTopics declarations,
    TimeProvider time
)
{
    /// <summary>The message is in Kafka, or has its answer already.</summary>
    /// <param name="Links">Addresses of its parcels, as far as it names them.</param>
    /// <param name="Refusal">Null when it is in Kafka.</param>
    readonly record struct Handed(string[] Links, IResult? Refusal);

    /// <summary>A readable message.</summary>
    readonly record struct Readable(string Topic, string[] Links, IResult? Refusal);

    public async Task<IResult> Submit(HttpContext context)
    {
        if (BodyTypes.Refusal(context.Request, BodyTypes.OfMessages) is { } refusal)
            return refusal;

        var (correlation, answer) = bell.Enter();
        try
        {
            var handed = await HandOver(context, correlation);
            return handed.Refusal ?? await Decision(answer, handed.Links, context.RequestAborted);
        }
        finally
        {
            bell.Leave(correlation);
        }
    }

    async Task<Handed> HandOver(HttpContext context, string correlation)
    {
        var limit = intake.Limits.MessageBytes;
        var announced = Math.Min(context.Request.ContentLength ?? limit, limit);
        using var place = places.TryEnter(DoorClient.Of(context), announced);
        if (place is null)
            return new([], DoorProblems.TooMany(context, DoorProblems.RetryAfter));

        var body = await reader.Read(context.Request, limit);
        if (body.Refusal is not null)
            return new([], body.Refusal);
        if (BodyTypes.Contradiction(context.Request, body.Bytes) is { } contradiction)
            return new([], contradiction);
        var message = Look(body.Bytes, context.Caller());
        if (message.Refusal is not null)
            return new([], message.Refusal);

        try
        {
            var address = new DoorAddress(bell.Id, correlation);
            var headers = address.Headers(macs, message.Topic, body.Bytes);
            await producer.Produce(message.Topic, null, body.Bytes, headers, context.RequestAborted);
            return new(message.Links, null);
        }
        catch (KafkaUnavailableException e)
        {
            return new([], DoorProblems.KafkaAway(context, e));
        }
        catch (KafkaRefusedException e)
        {
            return new([], DoorProblems.KafkaRefused(e));
        }
    }

    /// <summary>Reads the message for its sender, its topic and its links; of what is wrong in its documents intake speaks.</summary>
    Readable Look(byte[] body, Caller caller)
    {
        CebMessage message;
        try
        {
            message = CebParser.Read(body, intake.Limits);
        }
        catch (CebFormatException e)
        {
            return Refused(e.Code, e.Message);
        }
        if (DocumentTypes.OfMessage(message.Type) is not { } type)
            return Refused(
                ProblemCode.NotADeclaration,
                $"{message.Schema.Root} 不是申报报文，请勿发送。{message.Schema.Root} is no declaration; send 311, 411, 511, 513, 621, 623, 625 or 711."
            );
        // On Kafka nobody could tell any more who brought it: whom it names as its sender would have sent it.
        var sender = message.Transfer?.CopCode ?? "";
        if (!caller.SpeaksFor(sender))
            return new("", [], AccessProblems.NotYourCompany(sender));
        if (declarations.For(type, sender) is not { } topic)
            return Refused(
                ProblemCode.SenderNotEntitled,
                $"传输企业（copCode）{Clip.Quote(sender)} 没有用于{type.Chinese()}的主题：未登记，或无权发送该单证，或引擎自其登记后尚未重启。{Clip.Quote(sender)} (copCode) has no topic for this document: it is not registered, or may not send it, or the engine has not been restarted since it was registered. Ask the port."
            );
        return new(topic.Name, [.. message.Documents.Select(Link).OfType<string>().Distinct()], null);
    }

    async Task<IResult> Decision(
        Task<ClearanceEngine.Door.DoorAnswer> answer,
        string[] links,
        CancellationToken aborted
    )
    {
        try
        {
            var decided = await answer.WaitAsync(door.Timeout, time, aborted);
            return decided.Code is { } code
                ? DoorProblems.Malformed(code, decided.Text ?? "")
                : Results.Json(decided.Documents.Select(d => DoorJson.Response(d, time.GetUtcNow())));
        }
        catch (TimeoutException)
        {
            // Durable in Kafka and still to be decided: never a false error.
            const string Text =
                "已接收，尚未处理完成，请稍后查询。Durable; the decision takes longer. Ask at the links.";
            return Results.Json(
                new AcceptedResponse("accepted", Text, links),
                statusCode: StatusCodes.Status202Accepted
            );
        }
    }

    static Readable Refused(ProblemCode code, string text) => new("", [], DoorProblems.Malformed(code, text));

    static string? Link(CebDocument document)
    {
        var head = document.Schema.Head;
        if (head.Find("ebpCode") is not { } ebpCode || head.Find("orderNo") is not { } orderNo)
            return null;
        return document[ebpCode] is { Length: > 0 } platform && document[orderNo] is { Length: > 0 } order
            ? ParcelAddress.Of(new ParcelName(platform, order))
            : null;
    }
}
