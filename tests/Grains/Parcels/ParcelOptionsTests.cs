using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

public sealed class ParcelOptionsTests
{
    [Fact]
    public void The_defaults_are_sound() => Assert.Null(new ParcelOptions().Fault());

    [Fact]
    public void What_cannot_work_is_named()
    {
        Assert.Contains(
            "ReceiptsWait",
            new ParcelOptions { ReceiptsWait = TimeSpan.FromSeconds(31) }.Fault(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "DocumentsWait",
            new ParcelOptions { DocumentsWait = TimeSpan.FromSeconds(-1) }.Fault(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "AnswerTimeout",
            new ParcelOptions { AnswerTimeout = TimeSpan.Zero }.Fault(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "LongestQuestionInterval",
            new ParcelOptions { LongestQuestionInterval = TimeSpan.FromSeconds(1) }.Fault(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "MaxTimeline",
            new ParcelOptions { MaxTimeline = 1 }.Fault(),
            StringComparison.Ordinal
        );
    }
}
