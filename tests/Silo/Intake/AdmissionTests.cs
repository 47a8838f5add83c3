using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Xunit;

namespace ClearanceEngine.Tests.Intake;

public class AdmissionTests
{
    static readonly Admission Gate = new(FuzzSeeds.Participants, FuzzSeeds.NoToken, new CustomsPortOptions());

    /// <summary>The seeds' certificate is valid for ten years from 1970 on.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(11, "certificate-expired")]
    public void A_signature_counts_while_its_certificate_is_valid(int years, string? reason)
    {
        var signed = FuzzSeeds.All.First(s => s.IsSigned);
        var (admitted, refused) = Gate.CheckNow(
            signed.Bytes,
            TopicNames.Of(signed.Type)!,
            DateTimeOffset.UnixEpoch.AddYears(years),
            new CebLimits()
        );
        Assert.Equal((reason is null, reason), (admitted is { IsSigned: true }, refused?.Reason));
        if (refused is not null)
            Assert.Contains("19800101080000", refused.Text, StringComparison.Ordinal);
    }

    /// <summary>The signature covers everything but itself, so what hides in it is no document.</summary>
    [Fact]
    public void A_document_within_the_signature_is_not_read()
    {
        var signed = FuzzSeeds.All.First(s => s.IsSigned);
        var text = Encoding.UTF8.GetString(signed.Bytes);
        var start = text.IndexOf("<ceb:Logistics>", StringComparison.Ordinal);
        var end = text.IndexOf("</ceb:Logistics>", StringComparison.Ordinal) + "</ceb:Logistics>".Length;
        var forged = text[start..end].Replace("<ceb:guid>", "<ceb:guid>F", StringComparison.Ordinal);
        var (admitted, _) = Gate.CheckNow(
            Encoding.UTF8.GetBytes(
                text.Replace(
                    "</ds:KeyInfo>",
                    $"</ds:KeyInfo><ds:Object>{forged}</ds:Object>",
                    StringComparison.Ordinal
                )
            ),
            TopicNames.Of(signed.Type)!,
            FuzzSeeds.Arrival,
            new CebLimits()
        );
        var (plain, _) = Gate.CheckNow(
            signed.Bytes,
            TopicNames.Of(signed.Type)!,
            FuzzSeeds.Arrival,
            new CebLimits()
        );
        Assert.True(admitted!.IsSigned);
        Assert.Equal(
            plain!.Message.Documents.Select(d => d.Required(LogisticsHead.Guid)),
            admitted.Message.Documents.Select(d => d.Required(LogisticsHead.Guid))
        );
    }

    /// <summary>Signed with the platform's own key of the sender, which only the token can tell.</summary>
    [Fact]
    public async Task A_certificate_that_the_token_would_know_waits_for_the_token_and_stops_nobody_else()
    {
        var token = new SlowToken();
        var admission = new Admission(FuzzSeeds.CloudParticipants, token, new CustomsPortOptions());
        var signed = FuzzSeeds.All.First(s => s.IsSigned);

        token.Answer = Open();
        var waiting = Check(admission, signed).AsTask();
        Assert.False(waiting.IsCompleted);
        token.Answer.SetException(new SigningUnavailableException("it hangs"));
        var away = await Assert.ThrowsAsync<PartAwayException>(() => waiting);
        Assert.Equal(("token", false), (away.Part, away.StopsReading));

        token.Answer = Open();
        token.Answer.SetResult(true);
        Assert.True((await Check(admission, signed)).Admitted!.IsSigned);
        token.Answer = Open();
        token.Answer.SetResult(false);
        Assert.Equal("certificate-foreign", (await Check(admission, signed)).Refused!.Reason);
    }

    /// <summary>The official schema refuses a message for one empty element, so it does not leave; told the sender is nothing, for nothing is wrong.</summary>
    [Fact]
    public void An_empty_optional_element_goes_no_further_in_xml_and_json()
    {
        var order = FuzzSeeds.All.First(s =>
            s.Type == CebType.Order && s.Name.EndsWith(".xml", StringComparison.Ordinal)
        );
        var message = CebParser.Read(order.Bytes);
        var wordy = message with
        {
            Documents = [message.Documents[0].With(OrderHead.ConsigneeDistrict, "").With(OrderHead.Note, "")],
        };

        foreach (var body in (byte[][])[CebWriter.Write(wordy), CebJson.Write(wordy)])
        {
            var (admitted, _) = Gate.CheckNow(
                body,
                TopicNames.Of(CebType.Order)!,
                FuzzSeeds.Arrival,
                new CebLimits()
            );

            Assert.Empty(Assert.Single(admitted!.Problems));
            Assert.True(message.Documents[0].SameAs(Assert.Single(admitted.Message.Documents)));
        }
    }

    /// <summary>What a participant signed leaves byte for byte: customs would refuse it for an empty date or number.</summary>
    [Fact]
    public void A_signed_message_with_an_empty_number_is_to_be_signed_again_without_it()
    {
        var list = CebParser.Read(FuzzSeeds.All.Last(s => s.IsSigned).Bytes).Documents[0];
        var body = FuzzSeeds.Sign(SampleParcel.Message(list.With(InventoryHead.IeDate, "")));

        var (admitted, _) = Gate.CheckNow(
            body,
            TopicNames.Of(CebType.DeclarationList)!,
            FuzzSeeds.Arrival,
            new CebLimits()
        );

        Assert.True(admitted!.IsSigned);
        Assert.Equal("element-empty", Assert.Single(Assert.Single(admitted.Problems)).Code);
    }

    /// <summary>Where we make the messages the newest goes, and the other stays here.</summary>
    [Fact]
    public void Two_revisions_of_a_document_are_refused_in_a_signed_message_and_in_no_other()
    {
        var waybill = CebParser.Read(FuzzSeeds.All.First(s => s.IsSigned).Bytes).Documents[0];
        var message = SampleParcel.Message(
            waybill,
            waybill.With(LogisticsHead.Guid, Guid.NewGuid().ToString())
        );

        Assert.Equal(["document-repeated"], ProblemsOf(FuzzSeeds.Sign(message)));
        Assert.Empty(ProblemsOf(CebWriter.Write(message)));

        static IEnumerable<string> ProblemsOf(byte[] body) =>
            Gate.CheckNow(body, TopicNames.Of(CebType.Waybill)!, FuzzSeeds.Arrival, new CebLimits())
                .Admitted!.Problems.SelectMany(p => p)
                .Select(p => p.Code.Text);
    }

    static TaskCompletionSource<bool> Open() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static ValueTask<(AdmittedMessage? Admitted, RefusedMessage? Refused)> Check(
        Admission admission,
        FuzzSeed signed
    ) =>
        admission.Check(
            signed.Bytes,
            new RecordOrigin(DeclarationTopic.SharedBy(DocumentTypes.OfMessage(signed.Type)!.Value), false),
            FuzzSeeds.Arrival,
            new CebLimits(),
            TestContext.Current.CancellationToken
        );

    sealed class SlowToken : ISigningCertificates
    {
        public TaskCompletionSource<bool> Answer { get; set; } = Open();

        public ValueTask<bool> Belongs(
            string participantCode,
            SigningCertificate certificate,
            CancellationToken cancellationToken = default
        ) => new(Answer.Task);
    }
}
