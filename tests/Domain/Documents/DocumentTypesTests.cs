using System.Text.Json;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Documents;

public sealed class DocumentTypesTests
{
    public static TheoryData<DocumentType> Types => [.. Enum.GetValues<DocumentType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_its_descriptor(DocumentType type)
    {
        var descriptor = Assert.Single(DocumentTypes.All, d => d.Type == type);

        Assert.Same(descriptor, type.Descriptor());
        Assert.Same(descriptor, DocumentTypes.DescriptorOfMessage(descriptor.Message));
        Assert.Equal(type, DocumentTypes.OfReceipt(descriptor.Receipt));
        Assert.Contains(descriptor.Topic, TopicNames.Declarations);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_a_descriptor_names_is_in_the_schemas(DocumentType type)
    {
        var descriptor = type.Descriptor();
        var receipt = CebSchema.Of(descriptor.Receipt).Head;
        var document = CebSchema.Of(descriptor.Message).Head;

        Assert.All(descriptor.EchoedFields, name => Assert.NotNull(receipt.Find(name)));
        Assert.All(descriptor.QueryFields, name => Assert.NotNull(document.Find(name)));
        Assert.All(ProblemCode.Catalogue, e => Assert.True(descriptor.OfficialCode(e.Code) < 0));
    }

    [Fact]
    public void Every_declaration_has_a_type()
    {
        var declarations = Enum.GetValues<CebType>().Where(m => TopicNames.Of(m) is not null);

        Assert.Equal(DocumentTypes.All.Select(d => d.Message).Order(), declarations.Order());
        Assert.Null(DocumentTypes.OfMessage(CebType.TaxBill));
        Assert.Equal(DocumentType.DeclarationList, DocumentTypes.OfReceipt(CebType.TaxBillState));
        Assert.Null(DocumentTypes.OfReceipt(CebType.FormatError));
    }

    /// <summary>The HTTP contract keeps its names where the code has others.</summary>
    [Theory]
    [InlineData(DocumentType.DeclarationList, "list")]
    [InlineData(DocumentType.InboundNote, "entry")]
    [InlineData(DocumentType.Cancellation, "cancel")]
    [InlineData(DocumentType.WaybillStatus, "waybillStatus")]
    [InlineData(ParcelStatus.Detained, "held")]
    [InlineData(ParcelStatus.Departed, "left")]
    [InlineData(ParcelStatus.AtCustoms, "atCustoms")]
    [InlineData(SubmissionOutcome.Unmatched, "waiting")]
    public void Names_on_the_wire_stay(Enum value, string name)
    {
        var options = new JsonSerializerOptions
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };

        Assert.Equal(name, WireName.Of(value));
        Assert.Equal($"\"{name}\"", JsonSerializer.Serialize(value, value.GetType(), options));
        Assert.Equal(value, JsonSerializer.Deserialize($"\"{name}\"", value.GetType(), options));
    }
}
