using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

public sealed class ParcelOptionsTests
{
    [Fact]
    public void The_defaults_are_sound() => Assert.Empty(Faulty(new ParcelOptions()));

    [Fact]
    public void What_cannot_work_is_named()
    {
        (ParcelOptions Options, string Named)[] wrong =
        [
            (new() { ReceiptsWait = TimeSpan.FromSeconds(31) }, "ReceiptsWait"),
            (new() { DocumentsWait = TimeSpan.FromSeconds(-1) }, "DocumentsWait"),
            (new() { AnswerTimeout = TimeSpan.Zero }, "AnswerTimeout"),
            (new() { LongestQuestionInterval = TimeSpan.FromSeconds(1) }, "LongestQuestionInterval"),
            (new() { ReceiptCopies = ["platform", "carrier"] }, "ReceiptCopies:1"),
            (new() { MaxTimeline = 1 }, "MaxTimeline"),
        ];
        Assert.All(wrong, w => Assert.Equal([w.Named], Faulty(w.Options)));
    }

    static IEnumerable<string> Faulty(ParcelOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(
            options,
            new ValidationContext(options),
            faults,
            validateAllProperties: true
        );
        return faults.SelectMany(f => f.MemberNames);
    }
}
