using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Hosting;
using ClearanceEngine.Tests.Problems;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

/// <summary>docs/adding-a-rule.md, tried: its rule is added here, as it stands there, and works beside the others.</summary>
public sealed partial class AddingARuleTests
{
    static readonly SampleParcel Parcel = new()
    {
        OrderNo = "X-1",
        Mode = "1210",
        Person = 1,
        Serial = "1",
        At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
    };

    static readonly ParcelDocuments Good = new(
        Parcel.Order(),
        Parcel.Payment(),
        Parcel.Waybill(),
        Parcel.List()
    );

    static readonly ParcelDocuments TooHeavy = Good with
    {
        List = Good.List!.With(InventoryHead.GrossWeight, "9.5"),
    };

    static readonly ImmutableArray<CrossCheck> WithTheRule = [.. CrossChecks.All, Weight];

    /// <summary>The rule of the page.</summary>
    static void Weight(List<Problem> problems, ParcelDocuments documents, CustomsPortOptions customsPort)
    {
        if (documents is not { Waybill: { } waybill, List: { } list })
            return;
        var (declared, carried) = (list[InventoryHead.GrossWeight], waybill[LogisticsHead.Weight]);
        if (CebAmount.Of(declared) == CebAmount.Of(carried))
            return;
        problems.Add(
            new Problem(
                ProblemCode.Written("weight-differs"),
                DocumentType.DeclarationList,
                null,
                "grossWeight",
                $"清单毛重（grossWeight）为 {declared}，运单为 {carried}，请更正其一。grossWeight is {declared}, the waybill has {carried}; correct one of them."
            )
        );
    }

    [Fact]
    public void The_added_rule_finds_what_the_others_do_not()
    {
        Assert.Empty(CrossChecks.Check(TooHeavy, new CustomsPortOptions()));

        var problem = Assert.Single(CrossChecks.Check(TooHeavy, new CustomsPortOptions(), WithTheRule));

        Assert.Equal(("weight-differs", "grossWeight"), (problem.Code, problem.Field));
    }

    [Fact]
    public void What_agrees_and_what_is_not_there_is_no_problem()
    {
        Assert.Empty(CrossChecks.Check(Good, new CustomsPortOptions(), WithTheRule));
        Assert.Empty(
            CrossChecks.Check(TooHeavy with { Waybill = null }, new CustomsPortOptions(), WithTheRule)
        );
    }

    [Fact]
    public void The_other_rules_are_asked_as_before_and_tell_first()
    {
        var wrong = TooHeavy with { List = TooHeavy.List!.With(InventoryHead.EbcCode, "9999900099") };

        var codes = CrossChecks
            .Check(wrong, new CustomsPortOptions(), WithTheRule)
            .Select(problem => problem.Code.Text);

        Assert.Equal(["merchant-differs", "weight-differs"], codes);
    }

    /// <summary>Without an official code in the catalogue a problem has the general code of its type.</summary>
    [Fact]
    public void Its_receipt_has_an_official_code() =>
        Assert.Equal(
            -621001,
            DocumentType.DeclarationList.Descriptor().OfficialCode(ProblemCode.Written("weight-differs"))
        );

    [Fact]
    public void The_page_shows_the_rule_that_is_tried_here()
    {
        var shown = Block().Match(Read("docs/adding-a-rule.md")).Groups[1].Value;

        // The page has put its code into the catalogue; a rule that is only tried has none there.
        var tried = Read("tests/Domain/Rules/AddingARuleTests.cs")
            .Replace(
                "ProblemCode.Written(\"weight-differs\")",
                "ProblemCode.WeightDiffers",
                StringComparison.Ordinal
            );

        Assert.Contains("ProblemCode.WeightDiffers", shown, StringComparison.Ordinal);
        Assert.Contains(WithoutBlanks(shown), WithoutBlanks(tried), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_a_check_between_documents_has_a_test()
    {
        var tests = Read("tests/Domain/Rules/CrossCheckTests.cs");

        var rules = Read("src/Domain/Rules/CrossChecks.cs");
        var codes = ProblemCode
            .Catalogue.Where(e =>
                Regex.IsMatch(rules, $@"\bProblemCode\.{ProblemCatalogueTests.MemberOf(e)}\b")
            )
            .Select(e => $"\"{e.Code}\"")
            .ToArray();

        Assert.Contains("\"freight-differs\"", codes);
        Assert.All(codes, code => Assert.Contains(code, tests, StringComparison.Ordinal));
    }

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    static string WithoutBlanks(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
