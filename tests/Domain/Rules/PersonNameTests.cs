using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

public class PersonNameTests
{
    [Theory]
    [InlineData("测试·阿甲", "测试•阿甲", true)]
    [InlineData("测试‧阿甲", "测试・阿甲", true)]
    [InlineData(" 测试阿甲　", "测试阿甲", true)]
    [InlineData("测试·阿甲", "测试阿甲", false)]
    [InlineData("测试 阿甲", "测试阿甲", false)]
    [InlineData(null, "", false)]
    public void Names_match_that_differ_by_dots_that_look_alike_or_blanks_at_their_ends(
        string? name,
        string other,
        bool match
    )
    {
        Assert.Equal(match, PersonNames.Same(name, other, lookAlike: true));
        Assert.False(PersonNames.Same(name, other, lookAlike: false));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "character 3: U+2022 against U+00B7")]
    public void The_character_that_differs_is_named_where_the_port_does_not_let_it_pass(
        bool lookAlike,
        string? named
    )
    {
        var sample = ParcelWorld.Bonded;
        var documents = new ParcelDocuments(
            sample.Order().With(OrderHead.BuyerName, "测试·阿甲"),
            sample.Payment().With(PaymentHead.PayerName, "测试•阿甲"),
            null,
            null
        );

        var problems = CrossChecks.Check(documents, new CustomsPortOptions { LookAlikeNames = lookAlike });

        var problem = problems.SingleOrDefault(p => p.Code == "payer-name-differs");
        Assert.Equal(named is null, problem is null);
        if (problem is null)
            return;
        Assert.Contains(named!, problem.Text, StringComparison.Ordinal);
        Assert.Contains("第 3 个字符：U+2022 与 U+00B7", problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("阿甲", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_ends_before_the_other_has_nothing_there() =>
        Assert.Contains(
            "U+7532 against none",
            PersonNames.Difference("阿甲", "阿").English,
            StringComparison.Ordinal
        );
}
