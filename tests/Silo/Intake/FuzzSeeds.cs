using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace ClearanceEngine.Tests.Intake;

/// <summary>A good message to start from.</summary>
sealed record FuzzSeed(string Name, CebType Type, byte[] Bytes, bool IsSigned);

/// <summary>Good messages of every type in either form, and some that their participant signed with a key of the registry.</summary>
static class FuzzSeeds
{
    static readonly (AsymmetricKeyParameter Key, SigningCertificate Certificate) Carrier =
        DevelopmentCertificates.Create(
            SignatureAlgorithm.RsaSha1,
            SampleParcel.Carrier,
            DateTimeOffset.UnixEpoch
        );

    public static IParticipantRegistry Participants { get; } =
        new ParticipantRegistry(
            ParticipantRegistry.Development.All.Select(p =>
                p.Code == SampleParcel.Carrier
                    ? p with
                    {
                        Certificates = [Convert.ToBase64String(Carrier.Certificate.Der)],
                    }
                    : p
            ),
            "fuzz"
        );

    /// <summary>None has registered a certificate; for all the platform signs.</summary>
    public static IParticipantRegistry CloudParticipants { get; } =
        new ParticipantRegistry(
            ParticipantRegistry.Development.All.Select(p =>
                p with
                {
                    Certificates = [],
                    Signing = SigningMode.Cloud,
                }
            ),
            "cloud"
        );

    public static ISigningCertificates NoToken { get; } = new Empty();

    /// <summary>When the messages come: the certificate is valid.</summary>
    public static DateTimeOffset Arrival { get; } = DateTimeOffset.UnixEpoch.AddYears(9);

    public static byte[] CarrierCertificate => Carrier.Certificate.Der;

    public static FuzzSeed[] All { get; } = [.. Make()];

    /// <summary>The verdict of a gate that waits for no token.</summary>
    public static (AdmittedMessage? Admitted, RefusedMessage? Refused) CheckNow(
        this Admission admission,
        ReadOnlyMemory<byte> body,
        string topic,
        DateTimeOffset arrived,
        CebLimits limits
    )
    {
        Assert.True(DeclarationTopic.TryParse(topic, out var place));
        var verdict = admission.Check(body, new(place.Value, false), arrived, limits).AsTask();
        Assert.True(verdict.IsCompleted, "The gate waits.");
        return verdict.GetAwaiter().GetResult();
    }

    static IEnumerable<FuzzSeed> Make()
    {
        var bonded = new SampleParcel
        {
            OrderNo = "FUZZ-1",
            Mode = "1210",
            Person = 11,
            Serial = "7001",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
        var direct = bonded with { OrderNo = "FUZZ-2", Mode = "9610", Serial = "7002" };
        var status = CebDocument
            .Create(
                CebType.WaybillStatus,
                [.. LogisticsStatus.Entity.Fields.Select(f => (f, (string?)Plausible(f)))]
            )
            .With(LogisticsStatus.LogisticsCode, SampleParcel.Carrier)
            .With(LogisticsStatus.LogisticsNo, direct.LogisticsNo);
        CebMessage[] messages =
        [
            SampleParcel.Message(bonded.Order()),
            SampleParcel.Message(bonded.Payment()),
            SampleParcel.Message(bonded.Waybill()),
            SampleParcel.Message(bonded.List()),
            SampleParcel.Message(direct.List()),
            SampleParcel.Message(direct.InboundNote(bonded)),
            SampleParcel.Message(bonded.Cancellation("99992026I000000001")),
            SampleParcel.Message(bonded.Return("99992026I000000001", (1, 1))),
            SampleParcel.Message(status),
            SampleParcel.Message(bonded.Order(), direct.Order()),
            .. CebSchema
                .All.Where(s => !s.IsDeclaration)
                .Select(s => new CebMessage(s.Type, Guid.Empty.ToString(), "1.0", [Receipt(s)])),
        ];
        foreach (var message in messages)
        {
            yield return new FuzzSeed(
                $"{message.Schema.Root}.xml",
                message.Type,
                CebWriter.Write(message),
                false
            );
            yield return new FuzzSeed(
                $"{message.Schema.Root}.json",
                message.Type,
                CebJson.Write(message),
                false
            );
        }
        yield return new FuzzSeed(
            "CEB511Message.signed",
            CebType.Waybill,
            Sign(SampleParcel.Message(bonded.Waybill(), direct.Waybill())),
            true
        );
        yield return new FuzzSeed(
            "CEB621Message.signed",
            CebType.DeclarationList,
            Sign(SampleParcel.Message(direct.List())),
            true
        );
    }

    static CebDocument Receipt(CebSchema schema)
    {
        var document = CebDocument.Create(
            schema.Type,
            [.. schema.Head.Fields.Where(f => !f.IsJsonOnly).Select(f => (f, (string?)Plausible(f)))]
        );
        return schema.Line is { } line
            ? document.AddLine([.. line.Fields.Select(f => (f, (string?)Plausible(f)))])
            : document;
    }

    static string Plausible(CebField field) =>
        field.Kind switch
        {
            FieldKind.Number => "12.50",
            FieldKind.Integer => "1",
            FieldKind.Choice => field.Choices[0],
            FieldKind.Time => "20261120101010",
            FieldKind.TimeMillis => "20261120101010123",
            FieldKind.Date => "20261120",
            _ => new string('7', Math.Clamp(8, field.MinLength, field.MaxLength)),
        };

    public static byte[] Sign(CebMessage message) =>
        EnvelopedSignature
            .Sign(CebWriter.Write(message), Carrier.Certificate, SignatureProfile.RsaSha1, data =>
            {
                var signer = SignerUtilities.GetSigner("SHA1WITHRSA");
                signer.Init(true, Carrier.Key);
                signer.BlockUpdate(data.Span);
                return ValueTask.FromResult(signer.GenerateSignature());
            })
            .AsTask()
            .GetAwaiter()
            .GetResult();

    sealed class Empty : ISigningCertificates
    {
        public ValueTask<bool> Belongs(
            string participantCode,
            SigningCertificate certificate,
            CancellationToken cancellationToken = default
        ) => ValueTask.FromResult(false);
    }
}
