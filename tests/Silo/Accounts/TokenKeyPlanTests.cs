using System.Security.Cryptography;
using ClearanceEngine.Silo.Accounts;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>When a key that signs tokens is made, signs, and goes.</summary>
public sealed class TokenKeyPlanTests
{
    static readonly DateTimeOffset Start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly TimeSpan Lifetime = TimeSpan.FromDays(90),
        Tokens = TimeSpan.FromMinutes(10),
        Lead = TimeSpan.FromMinutes(3);

    readonly TokenKeyPlan _plan = new(Lifetime, Tokens, Lead);

    [Fact]
    public void The_first_key_signs_at_once() => Assert.Equal((1, Start), _plan.Next([], Start));

    [Fact]
    public void The_next_key_is_made_before_it_signs_so_that_every_silo_has_it_by_then()
    {
        TokenKey[] keys = [Key(1, Start)];
        var end = Start + Lifetime;

        Assert.Null(_plan.Next(keys, end - Lead - TimeSpan.FromSeconds(1)));
        Assert.Equal((2, end), _plan.Next(keys, end - Lead));
        // Nobody was there in time: the lead is kept all the same.
        Assert.Equal((2, end + Tokens + Lead), _plan.Next(keys, end + Tokens));
    }

    [Fact]
    public void A_key_that_others_may_not_know_yet_does_not_sign()
    {
        TokenKey[] keys = [Key(1, Start), Key(2, Start + Lifetime)];

        Assert.Equal(1, TokenKeyPlan.Signing(keys, Start + Lifetime - TimeSpan.FromSeconds(1)).Number);
        Assert.Equal(2, TokenKeyPlan.Signing(keys, Start + Lifetime).Number);
    }

    [Fact]
    public void A_key_stays_published_until_its_last_token_has_ended()
    {
        TokenKey[] keys = [Key(1, Start), Key(2, Start + Lifetime)];
        var end = Start + Lifetime + Tokens + Lead;

        Assert.Null(_plan.Gone(keys, end - TimeSpan.FromSeconds(1)));
        Assert.Equal(1, _plan.Gone(keys, end));
    }

    static TokenKey Key(int number, DateTimeOffset signsFrom) =>
        new(number, signsFrom, new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
}
