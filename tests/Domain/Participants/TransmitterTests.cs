using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Participants;

/// <summary>An IT company of the port transmits for the companies that trade: the document's company is who is entitled.</summary>
public class TransmitterTests
{
    static readonly CustomsPortOptions Port = new();

    static readonly Participant Transmitter = new()
    {
        Code = "9999900099",
        Name = "虚构口岸信息有限公司",
        TransmitsFor =
        [
            SampleParcel.Platform,
            SampleParcel.Payer,
            SampleParcel.Carrier,
            SampleParcel.Warehouse,
        ],
    };

    static readonly ParticipantRegistry Registry = new(
        ParticipantRegistry.Development.All.Append(Transmitter),
        "test"
    );

    [Fact]
    public void A_transmitter_sends_the_documents_of_all_four_companies()
    {
        var sample = ParcelWorld.Bonded;

        Assert.All([sample.Order(), sample.Payment(), sample.Waybill(), sample.List()], document =>
            Assert.Null(Check(Transmitter, document))
        );
    }

    [Fact]
    public void It_may_do_no_more_than_the_company_that_the_document_names()
    {
        var list = ParcelWorld.Bonded.List().With(InventoryHead.AgentCode, SampleParcel.Payer);

        Assert.Equal("sender-not-entitled", Check(Transmitter, list)!.Code);
    }

    [Fact]
    public void It_transmits_for_nobody_else()
    {
        var onlyForPayer = Transmitter with { TransmitsFor = [SampleParcel.Payer] };

        Assert.NotNull(Check(onlyForPayer, ParcelWorld.Bonded.Order()));
        Assert.Null(Check(onlyForPayer, ParcelWorld.Bonded.Payment()));
    }

    [Fact]
    public void A_company_that_is_not_active_sends_through_nobody()
    {
        var registry = new ParticipantRegistry(
            ParticipantRegistry
                .Development.All.Select(p => p.Code == SampleParcel.Payer ? p with { Active = false } : p)
                .Append(Transmitter),
            "test"
        );
        var payment = ParcelWorld.Bonded.Payment();

        var problem = EntitlementRules.CheckDocument(
            Transmitter,
            DocumentType.Payment,
            payment,
            Port,
            registry
        );

        Assert.Equal("principal-inactive", problem!.Code);
    }

    [Theory]
    [InlineData("9999900099")]
    [InlineData("9999900098")]
    public void Whom_it_transmits_for_is_another_company_of_the_file(string code)
    {
        var wrong = Transmitter with { TransmitsFor = [code] };

        var refused = Assert.Throws<InvalidDataException>(() => new ParticipantRegistry([wrong], "test"));
        Assert.Contains("transmitsFor[0]", refused.Message, StringComparison.Ordinal);
    }

    static Problem? Check(Participant sender, CebDocument document) =>
        EntitlementRules.CheckDocument(
            sender,
            DocumentTypes.OfMessage(document.Type)!.Value,
            document,
            Port,
            Registry
        );
}
