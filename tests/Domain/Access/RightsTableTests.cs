using ClearanceEngine.Access;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>Who may do what: the table is whole, and says of each role what the design says.</summary>
public class RightsTableTests
{
    [Fact]
    public void Each_role_has_its_row() =>
        Assert.Equal(Enum.GetValues<Role>(), RightsTable.Rows.Select(row => row.Role));

    [Fact]
    public void Each_right_has_its_descriptor_and_a_name_of_its_own()
    {
        Assert.Equal(Enum.GetValues<Right>(), Rights.All.Select(right => right.Right));
        Assert.Equal(Rights.All.Length, Rights.All.Select(right => right.Name).Distinct().Count());
        Assert.All(Rights.All, right => Assert.Matches("^[a-z][a-zA-Z]+:[a-z]+$", right.Name));
    }

    [Fact]
    public void Each_right_is_somebodys() =>
        Assert.All(Rights.All, right => Assert.NotEmpty(RightsTable.With(right.Right)));

    [Fact]
    public void A_right_stands_once_in_a_row() =>
        Assert.All(RightsTable.Rows, row =>
            Assert.Equal(row.Own.Length + row.All.Length, row.Own.Concat(row.All).Distinct().Count())
        );

    [Fact]
    public void Roles_and_rights_have_words_in_both_languages() =>
        Assert.All(RightsTable.Rows.Select(row => row.Words).Concat(Rights.All.Select(r => r.Words)), words =>
        {
            Assert.Matches("^[\u3400-\u9FFF/]+$", words.Chinese);
            Assert.Matches("^[a-z' ]+$", words.English);
        });

    /// <summary>Written down a second time, for a right given by mistake is one that nobody misses.</summary>
    [Theory]
    [InlineData(Role.Company, Reach.Own, "documents:submit parcels:read")]
    [InlineData(Role.Company, Reach.All, "")]
    [InlineData(Role.Site, Reach.Own, "documents:submit parcels:read goods:depart")]
    [InlineData(Role.Site, Reach.All, "")]
    [InlineData(Role.Operator, Reach.Own, "")]
    [InlineData(
        Role.Operator,
        Reach.All,
        "parcels:read parcels:ask documents:resend parcels:close goods:depart quota:read deadLetters:read deadLetters:retry health:read"
    )]
    [InlineData(Role.Auditor, Reach.Own, "")]
    [InlineData(Role.Auditor, Reach.All, "parcels:read quota:read deadLetters:read audit:read")]
    [InlineData(Role.Administrator, Reach.Own, "")]
    [InlineData(Role.Administrator, Reach.All, "audit:read health:read access:manage")]
    public void A_role_has_these_rights_and_no_others(Role role, Reach reach, string names)
    {
        var rights = Rights.All.Where(right => RightsTable.Of(role, right.Right) == reach);

        Assert.Equal(names, string.Join(' ', rights.Select(right => right.Name)));
    }

    /// <summary>Who gives the roles sees nothing of parcels and people, or nobody would be asked when it looks.</summary>
    [Theory]
    [InlineData(Right.ReadParcels)]
    [InlineData(Right.ReadQuota)]
    [InlineData(Right.ReadDeadLetters)]
    public void An_administrator_sees_no_parcels_and_no_people(Right right) =>
        Assert.Equal(Reach.None, RightsTable.Of(Role.Administrator, right));

    [Fact]
    public void A_refusal_names_the_right_and_the_roles_that_have_it()
    {
        var refusal = AccessRefusal.NotAllowed(Right.CloseParcels);

        Assert.Equal(ProblemCode.NotAllowed, refusal.Code);
        Assert.Contains("parcels:close", refusal.Text);
        Assert.Contains("经办人", refusal.Text);
        Assert.Contains("Roles that may: operator;", refusal.Text);
    }
}
