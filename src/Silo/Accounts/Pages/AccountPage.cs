using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;

namespace ClearanceEngine.Silo.Accounts.Pages;

/// <summary>What every page of accounts has.</summary>
public abstract class AccountPage : ComponentBase
{
    /// <summary>Of the page's own style (CSP).</summary>
    [Parameter]
    public string Nonce { get; set; } = "";

    /// <summary>What its form brings back.</summary>
    [Parameter]
    public AntiforgeryTokenSet Form { get; set; } = null!;

    /// <summary>What was wrong with what was sent; null for nothing.</summary>
    [Parameter]
    public string? Fault { get; set; }
}
