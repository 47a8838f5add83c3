using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.Xml;
using System.Xml;
using ClearanceEngine.Ceb;
using ClearanceEngine.Ceb.Customs;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Tests.Intake;

/// <summary>
/// Random mutations of good messages through reader, gate and parcel. Time-boxed: <c>CLEARANCE_FUZZ_SECONDS</c> (default 15), or
/// <c>CLEARANCE_FUZZ_MUTATIONS=10000000</c> for a number. A failure prints its seed; <c>CLEARANCE_FUZZ_SEED</c> repeats from there.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>Generous: what a message may take, and allocate for each of its bytes, on a busy machine.</summary>
    static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(1);

    const int MostAllocated = 4_000_000,
        AllocatedPerByte = 600;

    static readonly byte[][] Donors = [.. FuzzSeeds.All.Select(s => s.Bytes)];
    static readonly Admission Gate = new(FuzzSeeds.Participants, FuzzSeeds.NoToken, new CustomsPortOptions());
    static readonly CebLimits Limits = new() { MessageBytes = 1024 * 1024 };
    static readonly DateTimeOffset Now = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    static readonly ParcelRules Rules = new(
        new CustomsPortOptions(),
        new ParcelOptions(),
        LimitTable.Default,
        new TaxCalculator(TaxRates.Sample, new TaxOptions()),
        new SubscriberIdentity(new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) })
    );

    readonly Dictionary<string, string> _signedContent = FuzzSeeds
        .All.Where(s => s.IsSigned)
        .ToDictionary(s => s.Name, s => Content(s.Bytes), StringComparer.Ordinal);

    [Fact]
    public void Good_seeds_are_good()
    {
        Assert.All(FuzzSeeds.All, seed => Assert.Equal(seed.Type, CebParser.Read(seed.Bytes).Type));
        Assert.All(FuzzSeeds.All.Where(s => TopicNames.Of(s.Type) is not null), seed =>
        {
            var (admitted, refused) = Gate.CheckNow(
                seed.Bytes,
                TopicNames.Of(seed.Type)!,
                FuzzSeeds.Arrival,
                Limits
            );
            Assert.True(refused is null, refused?.Text);
            Assert.Equal(seed.IsSigned, admitted!.IsSigned);
        });
    }

    [Fact]
    public void No_mutation_of_a_good_message_crashes_stalls_or_passes_for_what_it_is_not()
    {
        var most = Setting("CLEARANCE_FUZZ_MUTATIONS");
        var box = most is null
            ? TimeSpan.FromSeconds(Setting("CLEARANCE_FUZZ_SECONDS") ?? 15)
            : TimeSpan.MaxValue;
        var first = (int)(Setting("CLEARANCE_FUZZ_SEED") ?? Random.Shared.Next());
        var tally = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        var watch = Stopwatch.StartNew();
        var n = 0L;
        for (; n < (most ?? long.MaxValue) && watch.Elapsed < box && failures.Count < 5; n++)
        {
            var seed = unchecked(first + (int)n);
            var random = new Random(seed);
            // Signatures cost twenty times the rest: one mutation in thirty-two.
            var from = FuzzSeeds.All[
                random.Next(32) == 0
                    ? FuzzSeeds.All.Length - 1 - random.Next(2)
                    : random.Next(FuzzSeeds.All.Length - 2)
            ];
            byte[] bytes = [];
            try
            {
                bytes = new Mutator(random, Donors).Mutate(from.Bytes);
                var outcome = Try(from, bytes);
                tally[outcome] = tally.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception e)
            {
                failures.TryAdd(
                    $"{e.GetType().Name} {e.Message[..Math.Min(e.Message.Length, 20)]}",
                    $"CLEARANCE_FUZZ_SEED={seed} ({from.Name}), mutation {n}: {e}\n{Convert.ToBase64String(bytes)}"
                );
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{n} mutations from seed {first} in {watch.Elapsed.TotalSeconds:0.0} s, {n / watch.Elapsed.TotalSeconds:0} a second: {string.Join(", ", tally.OrderByDescending(t => t.Value).Select(t => $"{t.Key} {t.Value}"))}"
        );
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Values));
        Assert.True(tally.Keys.Count > 5, "Mutations that all end alike test nothing.");
    }

    string Try(FuzzSeed from, byte[] bytes)
    {
        var (time, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var outcome = TopicNames.Of(from.Type) is { } topic
            ? Declaration(from, bytes, topic)
            : Receipt(bytes);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Holds(
            allocated <= MostAllocated + ((long)bytes.Length * AllocatedPerByte),
            $"{allocated} bytes were allocated for a message of {bytes.Length}."
        );
        Holds(Stopwatch.GetElapsedTime(time) <= LongestTime, $"It took {Stopwatch.GetElapsedTime(time)}.");
        return outcome;
    }

    string Declaration(FuzzSeed from, byte[] bytes, string topic)
    {
        var (admitted, refused) = Gate.CheckNow(bytes, topic, FuzzSeeds.Arrival, Limits);
        Holds(admitted is null != refused is null, "The gate neither admits nor refuses.");
        if (refused is not null)
        {
            Telling(refused.Reason, refused.Text);
            if (refused.Message is { } read)
                foreach (var document in read.Documents)
                    Writable(
                        OwnReceipt.Refusal(
                            DocumentTypes.OfMessage(read.Type) ?? DocumentType.DeclarationList,
                            document,
                            [
                                new Problem(
                                    refused.Reason,
                                    DocumentType.DeclarationList,
                                    null,
                                    null,
                                    refused.Text
                                ),
                            ],
                            Now
                        )
                    );
            else if (refused.Unread is { } unread)
                Writable(
                    OwnReceipt.FormatError(
                        unread.MessageType,
                        unread.MessageGuid,
                        "",
                        (unread.Code, unread.Message),
                        Now
                    )
                );
            return refused.Reason;
        }
        if (admitted!.IsSigned)
            Holds(
                _signedContent.TryGetValue(from.Name, out var content) && Content(bytes) == content,
                "Tampered content counts as signed."
            );
        if (admitted.Problems.All(p => p.IsEmpty))
            ReadsBack(admitted.Message);
        return Decide(admitted) ? "accepted" : "document-refused";
    }

    /// <summary>Every document to an empty parcel and to the parcel of the one before, as intake would.</summary>
    static bool Decide(AdmittedMessage admitted)
    {
        var type = DocumentTypes.OfMessage(admitted.Message.Type)!.Value;
        var state = new ParcelState();
        var good = true;
        for (var i = 0; i < admitted.Message.Documents.Length; i++)
        {
            var document = admitted.Message.Documents[i];
            Holds(
                admitted.Problems[i].Length <= CebValidator.MostProblems + 1,
                "More problems than anybody reads."
            );
            foreach (var problem in admitted.Problems[i])
                Telling(problem.Code, problem.Text);
            var decision = Parcel.Decide(
                new ParcelName("9999900001", "FUZZ-1"),
                state,
                new DocumentArrived(
                    new Submission(
                        type,
                        document,
                        admitted.Message.Transfer!,
                        null,
                        Now,
                        admitted.Problems[i]
                    )
                ),
                Rules,
                Now
            );
            var reply = decision.Reply;
            Holds(reply is not null, "No reply.");
            Holds(
                reply!.Outcome != SubmissionOutcome.Refused
                    || (reply.Problems.Length > 0 && reply.Receipt is not null),
                "Refused without problem or receipt."
            );
            foreach (var problem in reply.Problems)
                Telling(problem.Code, problem.Text);
            if (reply.Receipt is { } receipt)
                Writable(receipt);
            state = decision.State;
            _ = state.IndexKeys;
            good &= reply.Outcome != SubmissionOutcome.Refused;
        }
        return good;
    }

    /// <summary>What customs sends is read too, liberally; a parcel that was declared gets it, and its receiver can read it strictly.</summary>
    static string Receipt(byte[] bytes)
    {
        CustomsReading reading;
        try
        {
            reading = CustomsReader.Read(bytes, Now, Limits);
        }
        catch (CebFormatException e)
        {
            Telling(e.Code, e.Message);
            return e.Code;
        }
        if (reading is CustomsReading.Other other)
        {
            Telling(other.Code, other.Text);
            Holds(other.Kind.Length is > 0 and <= Clip.Quoted, $"A kind of {other.Kind.Length} characters.");
            return "set-aside";
        }

        var message = (CustomsReading.Returns)reading;
        Holds(message.Answers.Length + message.Faults.Length > 0, "Neither answers nor faults.");
        Holds(message.Remarks.Length <= CustomsReader.MostRemarks, "More remarks than anybody reads.");
        foreach (var fault in message.Faults)
            Telling(fault.Code, fault.Message);
        foreach (var answer in message.Answers)
            Take(answer);
        return message.Faults.Length == 0 ? "receipt-read" : "receipt-read-in-part";
    }

    static void Take(CebDocument answer)
    {
        if (DocumentTypes.OfReceipt(answer.Type) is not null)
        {
            Holds(ReceiptNames.Of(answer).All(n => !n.EndsWith('/')), "A name with an empty part.");
            Parcel.Decide(
                new ParcelName("9999900001", "FUZZ-1"),
                Declared,
                new ReceiptArrived(new CustomsAnswer(answer, Now)),
                Rules,
                Now
            );
        }
        var guid = answer[answer.Schema.Head.Find("guid")!]!;
        ReadsBack(new CebMessage(answer.Type, guid, "1.0", [answer]));
    }

    static readonly ParcelState Declared = MakeDeclared();

    static ParcelState MakeDeclared()
    {
        var state = new ParcelState();
        foreach (
            var seed in FuzzSeeds
                .All.Where(s =>
                    s.Name
                        is "CEB311Message.xml"
                            or "CEB411Message.xml"
                            or "CEB511Message.xml"
                            or "CEB621Message.xml"
                )
                .DistinctBy(s => s.Name)
        )
        {
            var message = CebParser.Read(seed.Bytes);
            state = Parcel
                .Decide(
                    new ParcelName("9999900001", "FUZZ-1"),
                    state,
                    new DocumentArrived(
                        new Submission(
                            DocumentTypes.OfMessage(message.Type)!.Value,
                            message.Documents[0],
                            message.Transfer!,
                            null,
                            Now,
                            []
                        )
                    ),
                    Rules,
                    Now
                )
                .State;
        }
        return state;
    }

    static void ReadsBack(CebMessage message)
    {
        var again = CebParser.Read(CebWriter.Write(message), Limits);
        Holds(
            again.Guid == message.Guid
                && again.Version == message.Version
                && again.Transfer == message.Transfer,
            "The frame reads back differently."
        );
        for (var i = 0; i < message.Documents.Length; i++)
        {
            // JSON may name a waybill on an order, which XML cannot carry.
            var document =
                message.Type == CebType.Order
                    ? message
                        .Documents[i]
                        .With(OrderHead.LogisticsCode, null)
                        .With(OrderHead.LogisticsNo, null)
                    : message.Documents[i];
            Holds(again.Documents[i].SameAs(document), "A document reads back differently.");
        }
        Holds((again.Extension is null) == (message.Extension is null), "The extension is lost.");
    }

    /// <summary>A text that tells: a code, Chinese and English, and no novel.</summary>
    static void Telling(string code, string text)
    {
        Holds(
            code.Length > 0 && code.All(c => char.IsAsciiLetterLower(c) || c == '-'),
            $"'{code}' is no code."
        );
        Holds(
            text.Any(c => c is >= '\u4E00' and <= '\u9FFF') && text.Any(char.IsAsciiLetterLower),
            $"{code} does not tell in both languages: {text}"
        );
        Holds(text.Length <= 2_000, $"{code} has {text.Length} characters.");
    }

    static void Writable(CebDocument receipt)
    {
        var bytes = CebWriter.Write(
            new CebMessage(receipt.Type, receipt[receipt.Schema.Head.Find("guid")!]!, "1.0", [receipt])
        );
        Holds(bytes.Length <= 16_384, $"A receipt of {bytes.Length} bytes.");
    }

    /// <summary>The canonical form of everything but the signature.</summary>
    static string Content(byte[] bytes)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.Load(
            XmlReader.Create(
                new StreamReader(new MemoryStream(bytes)),
                new XmlReaderSettings { IgnoreComments = true }
            )
        );
        foreach (
            XmlElement signature in document
                .GetElementsByTagName("Signature", SignatureProfile.Namespace)
                .OfType<XmlElement>()
                .ToList()
        )
            signature.ParentNode!.RemoveChild(signature);
        var transform = new XmlDsigC14NTransform();
        transform.LoadInput(document);
        using var reader = new StreamReader((Stream)transform.GetOutput(typeof(Stream)));
        return reader.ReadToEnd();
    }

    static void Holds(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }

    static long? Setting(string name) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
