using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Intake;

/// <summary>Who may speak for a company: its topic, our HTTP door or its signature (ADR 031).</summary>
public class RecordOriginTests
{
    static readonly DeclarationTopic Shared = DeclarationTopic.SharedBy(DocumentType.Waybill),
        Own = DeclarationTopic.Of(DocumentType.Waybill, SampleParcel.Carrier),
        OfAnother = DeclarationTopic.Of(DocumentType.Waybill, SampleParcel.Platform);

    public static TheoryData<SignatureRule, bool, bool, bool> Cases { get; } =
        new()
        {
            // rule, on its own topic, by the door, taken without a signature
            { SignatureRule.OnSharedTopics, false, false, false },
            { SignatureRule.OnSharedTopics, false, true, true },
            { SignatureRule.OnSharedTopics, true, false, true },
            { SignatureRule.OnSharedTopics, true, true, true },
            { SignatureRule.Always, false, false, false },
            { SignatureRule.Always, false, true, false },
            { SignatureRule.Always, true, false, false },
            { SignatureRule.Always, true, true, false },
            { SignatureRule.Never, false, false, true },
            { SignatureRule.Never, false, true, true },
            { SignatureRule.Never, true, false, true },
            { SignatureRule.Never, true, true, true },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_signature_is_needed_where_nothing_else_tells_who_sent_it(
        SignatureRule rule,
        bool isOnOwnTopic,
        bool isFromDoor,
        bool isTaken
    )
    {
        RecordOrigin origin = new(isOnOwnTopic ? Own : Shared, isFromDoor);

        var (admitted, refused) = Check(Unsigned(), origin, rule);

        Assert.Equal((isTaken, !isTaken), (admitted is not null, refused is not null));
        if (!isTaken)
            Assert.Equal("signature-missing", refused!.Reason.Text);
        Assert.True(Check(Signed(), origin, rule).Admitted!.IsSigned);
    }

    [Fact]
    public void Who_signs_itself_signs_on_its_own_topic_and_by_the_door_too()
    {
        var self = FuzzSeeds.Participants.Find(SampleParcel.Carrier)! with { Signing = SigningMode.Own };

        Assert.True(self.NeedsSignature(isKnown: true));
        Assert.True(self.NeedsSignature(isKnown: false));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Who_claims_another_company_on_its_topic_is_told_and_the_other_hears_nothing(
        bool isSigned,
        bool isFromDoor
    )
    {
        var body = isSigned ? Signed() : Unsigned();

        var (admitted, refused) = Check(body, new(OfAnother, isFromDoor), SignatureRule.Never);

        Assert.Null(admitted);
        Assert.Equal("topic-of-another", refused!.Reason.Text);
        Assert.Equal(SampleParcel.Platform, refused.Receiver!.Code);
    }

    [Fact]
    public void What_cannot_be_read_is_told_to_the_owner_of_the_topic_alone()
    {
        var text = System.Text.Encoding.UTF8.GetString(Unsigned());
        var broken = System.Text.Encoding.UTF8.GetBytes(
            text.Replace("</ceb:Logistics>", "", StringComparison.Ordinal)
        );

        var (_, refused) = Check(broken, new(OfAnother, false), SignatureRule.Never);

        Assert.NotNull(refused!.Unread);
        Assert.Equal(SampleParcel.Platform, refused.Receiver!.Code);
    }

    [Fact]
    public void A_document_on_the_topic_of_another_kind_is_sent_to_the_participants_own()
    {
        var orders = DeclarationTopic.Of(DocumentType.Order, SampleParcel.Carrier);

        var (_, refused) = Check(Unsigned(), new(orders, false), SignatureRule.Never);

        Assert.Equal("wrong-topic", refused!.Reason.Text);
        Assert.Contains(
            $"send it to declarations.waybill.{SampleParcel.Carrier}",
            refused.Text,
            StringComparison.Ordinal
        );
    }

    static (AdmittedMessage? Admitted, RefusedMessage? Refused) Check(
        byte[] body,
        RecordOrigin origin,
        SignatureRule rule
    )
    {
        var participants = new ParticipantRegistry(
            FuzzSeeds.Participants.All.Select(p => p with { MustSign = rule }),
            "origins"
        );
        var admission = new Admission(participants, FuzzSeeds.NoToken, new CustomsPortOptions());
        return admission.Check(body, origin, FuzzSeeds.Arrival, new CebLimits()).AsTask().Result;
    }

    static byte[] Unsigned() =>
        FuzzSeeds
            .All.First(s => s is { Type: CebType.Waybill, IsSigned: false, Name: "CEB511Message.xml" })
            .Bytes;

    static byte[] Signed() => FuzzSeeds.All.First(s => s is { Type: CebType.Waybill, IsSigned: true }).Bytes;
}
