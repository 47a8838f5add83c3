using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Intake;
using Xunit;

namespace ClearanceEngine.Tests.Intake;

public class MessageGateTests
{
    static readonly MessageGate Gate = new(FuzzSeeds.Participants, FuzzSeeds.NoToken, new PortOptions());

    /// <summary>The seeds' certificate is valid for ten years from 1970 on.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(11, "certificate-expired")]
    public void A_signature_counts_while_its_certificate_is_valid(int years, string? reason)
    {
        var signed = FuzzSeeds.All.First(s => s.IsSigned);
        var (admitted, refused) = Gate.Check(signed.Bytes, TopicNames.Of(signed.Type)!, DateTimeOffset.UnixEpoch.AddYears(years), new CebLimits());
        Assert.Equal((reason is null, reason), (admitted is { IsSigned: true }, refused?.Reason));
        if (refused is not null) Assert.Contains("19800101080000", refused.Text, StringComparison.Ordinal);
    }
}
