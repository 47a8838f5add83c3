using ClearanceEngine.Silo.Accounts.Pages;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Http.HttpResults;
using NetEscapades.AspNetCore.SecurityHeaders;
using QRCoder;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Pages on which people sign in and look after their accounts: plain forms that need no script.</summary>
static class AccountPages
{
    public const string Root = "/account";

    const string SignInPath = "/sign-in",
        SecondFactorPath = "/second-factor",
        EnrolPath = "/enrol",
        PasswordPath = "/password",
        RecoveryCodesPath = "/recovery-codes";

    const string WrongCode =
        "验证码有误、已用过，或尝试过多；请用下一个验证码。The code is wrong or used already, or too many were tried; use the next one.";

    const string WrongPassword = "当前密码有误。The current password is wrong.";

    public static void MapAccountPages(this IEndpointRouteBuilder app)
    {
        var options = app.ServiceProvider.GetRequiredService<Access.AccessOptions>().Accounts;
        if (!options.IsOn)
            return;

        var pages = app.MapGroup(Root)
            .AddEndpointFilter<RouteGroupBuilder, AccountFormFilter>()
            .WithSecurityHeadersPolicy(SecurityHeaders.Form)
            .ExcludeFromDescription()
            .AllowAnonymous();
        pages.MapGet("", Overview);
        pages.MapGet("/token", Token);
        pages.MapGet(SignInPath, ShowSignIn);
        pages.MapGet(SecondFactorPath, ShowSecondFactor);
        pages.MapGet(EnrolPath, ShowEnrol);
        pages.MapGet(PasswordPath, ShowPassword);

        var forms = pages.MapGroup("").RequireRateLimiting(new SignInRate(options));
        forms.MapPost(SignInPath, TakeSignIn);
        forms.MapPost(SecondFactorPath, TakeSecondFactor);
        forms.MapPost(EnrolPath, TakeEnrol);
        forms.MapPost(PasswordPath, TakePassword);
        forms.MapPost(RecoveryCodesPath, TakeRecoveryCodes);
        forms.MapPost("/sign-out", (Delegate)SignOut);
    }

    static IResult Overview(HttpContext context, AccountVisit visit) =>
        visit.IsSignedIn ? OverviewOf(context, visit, fault: null) : Results.Redirect(PathOf(visit));

    /// <summary>What a script of a signed-in person sends along with what changes something.</summary>
    static IResult Token(HttpContext context, AccountVisit visit) =>
        visit.IsSignedIn
            ? Results.Json(
                new { Header = AccountCookies.FormHeader, Token = visit.FormToken(context).RequestToken }
            )
            : Access.AccessProblems.Unauthenticated(context, null);

    static IResult ShowSignIn(HttpContext context, AccountVisit visit) =>
        visit.IsSignedIn ? Results.Redirect(Root) : Page<SignInPage>(context, visit);

    static async Task<IResult> TakeSignIn(HttpContext context, AccountVisit visit, SignIn signIn)
    {
        var form = context.Request.Form;
        var account = await signIn.ByPassword(
            $"{form["name"]}".Trim(),
            $"{form["password"]}",
            context.RequestAborted
        );
        if (account is null)
        {
            visit.TellFailure(context);
            return Page<SignInPage>(
                context,
                visit,
                "账户名或密码有误，或账户暂时不可用（尝试过多则锁定一段时间）。Name or password is wrong, or the account cannot be used now; after too many tries it is locked for a while."
            );
        }
        return Onward(await visit.Advance(context, account, hasSecondFactor: false));
    }

    static IResult ShowSecondFactor(HttpContext context, AccountVisit visit) =>
        visit.Next == SignInStep.SecondFactor
            ? Page<SecondFactorPage>(context, visit)
            : Results.Redirect(PathOf(visit));

    static async Task<IResult> TakeSecondFactor(HttpContext context, AccountVisit visit, SignIn signIn)
    {
        if (visit.Next != SignInStep.SecondFactor)
            return Results.Redirect(PathOf(visit));
        if (await signIn.ByCode(visit.Account!, CodeOf(context), context.RequestAborted))
            return Onward(await visit.Advance(context, visit.Account!, hasSecondFactor: true));

        visit.TellFailure(context);
        return Page<SecondFactorPage>(context, visit, WrongCode);
    }

    static async Task<IResult> ShowEnrol(HttpContext context, AccountVisit visit, SecondFactor factor) =>
        MayEnrol(visit)
            ? await Enrolment(context, visit, factor, !visit.IsSignedIn, fault: null)
            : Results.Redirect(PathOf(visit));

    /// <summary>In a session the password is asked for twice: before the key is shown, and before it is enrolled.</summary>
    static async Task<IResult> TakeEnrol(
        HttpContext context,
        AccountVisit visit,
        SignIn signIn,
        SecondFactor factor
    )
    {
        if (!MayEnrol(visit))
            return Results.Redirect(PathOf(visit));
        if (visit.IsSignedIn && !await IsPerson(context, visit, signIn))
            return await Enrolment(context, visit, factor, isShown: false, WrongPassword);
        if (visit.IsSignedIn && !context.Request.Form.ContainsKey("code"))
            return await Enrolment(context, visit, factor, isShown: true, fault: null);

        IReadOnlyList<string>? codes = null;
        await visit.Written(context, "enrol second factor", async () =>
        {
            codes = await factor.Enrol(visit.Account!, CodeOf(context), context.RequestAborted);
            return codes is not null;
        });
        if (codes is null)
            return await Enrolment(context, visit, factor, isShown: true, WrongCode);

        var next = await visit.Advance(context, visit.Account!, hasSecondFactor: true);
        return Page<RecoveryCodesPage>(context, visit, new { Codes = codes, Next = PathOf(next) });
    }

    static IResult ShowPassword(HttpContext context, AccountVisit visit, PasswordRules rules) =>
        MayChangePassword(visit)
            ? PasswordForm(context, visit, rules, fault: null)
            : Results.Redirect(PathOf(visit));

    static async Task<IResult> TakePassword(
        HttpContext context,
        AccountVisit visit,
        SignIn signIn,
        PasswordRules rules
    )
    {
        if (!MayChangePassword(visit))
            return Results.Redirect(PathOf(visit));

        var (form, account) = (context.Request.Form, visit.Account!);
        if (visit.IsSignedIn && !await IsPerson(context, visit, signIn))
            return PasswordForm(context, visit, rules, WrongPassword);
        if ($"{form["password"]}" != $"{form["again"]}")
            return PasswordForm(context, visit, rules, "两次输入不一致。The two new passwords differ.");
        if (
            !await visit.Written(context, "change password", () =>
                signIn.Change(account, $"{form["password"]}")
            )
        )
            return PasswordForm(context, visit, rules, rules.Text);
        return Onward(await visit.Advance(context));
    }

    static async Task<IResult> TakeRecoveryCodes(
        HttpContext context,
        AccountVisit visit,
        SignIn signIn,
        SecondFactor factor
    )
    {
        if (visit is not { IsSignedIn: true, Account.TwoFactorEnabled: true })
            return Results.Redirect(PathOf(visit));
        if (!await IsPerson(context, visit, signIn))
            return OverviewOf(context, visit, WrongPassword);

        IReadOnlyList<string> codes = [];
        await visit.Written(context, "make recovery codes", async () =>
        {
            codes = await factor.NewRecoveryCodes(visit.Account!);
            return codes.Count > 0;
        });
        return Page<RecoveryCodesPage>(context, visit, new { Codes = codes, Next = Root });
    }

    static async Task<IResult> SignOut(HttpContext context, AccountVisit visit)
    {
        await visit.Leave(context);
        return Results.Redirect(Root + SignInPath);
    }

    /// <summary>A session may have been left open, or its cookie stolen: the password shows who is there.</summary>
    static async Task<bool> IsPerson(HttpContext context, AccountVisit visit, SignIn signIn)
    {
        var password = $"{context.Request.Form["current"]}";
        if (await signIn.Confirms(visit.Account!, password, context.RequestAborted))
            return true;
        visit.TellFailure(context);
        return false;
    }

    /// <summary>Who must, and who has come in and has none.</summary>
    static bool MayEnrol(AccountVisit visit) =>
        visit.Next == SignInStep.Enrol || visit is { IsSignedIn: true, Account.TwoFactorEnabled: false };

    static bool MayChangePassword(AccountVisit visit) =>
        visit.IsSignedIn || visit.Next == SignInStep.Password;

    static IResult OverviewOf(HttpContext context, AccountVisit visit, string? fault) =>
        Page<OverviewPage>(
            context,
            visit,
            new
            {
                Fault = fault,
                Name = visit.Account!.UserName,
                visit.Account.Roles,
                HasSecondFactor = visit.Account.TwoFactorEnabled,
            }
        );

    static async Task<IResult> Enrolment(
        HttpContext context,
        AccountVisit visit,
        SecondFactor factor,
        bool isShown,
        string? fault
    )
    {
        if (!isShown)
            return Page<EnrolPage>(context, visit, new { Fault = fault, AsksCurrent = true });

        var key = await factor.Begin(visit.Account!);
        using var data = QRCodeGenerator.GenerateQrCode(
            SecondFactor.Address(visit.Account!, key),
            QRCodeGenerator.ECCLevel.M
        );
        using var code = new SvgQRCode(data);
        return Page<EnrolPage>(
            context,
            visit,
            new
            {
                Fault = fault,
                AsksCurrent = visit.IsSignedIn,
                Key = key,
                Picture = code.GetGraphic(4),
            }
        );
    }

    static IResult PasswordForm(
        HttpContext context,
        AccountVisit visit,
        PasswordRules rules,
        string? fault
    ) =>
        Page<PasswordPage>(
            context,
            visit,
            new
            {
                Fault = fault,
                Rules = rules.Text,
                AsksCurrent = visit.IsSignedIn,
            }
        );

    static string CodeOf(HttpContext context) =>
        $"{context.Request.Form["code"]}".Replace(" ", "", StringComparison.Ordinal);

    static IResult Onward(SignInStep next) => Results.Redirect(PathOf(next));

    static string PathOf(AccountVisit visit) =>
        visit.Account is null ? Root + SignInPath : PathOf(visit.Next);

    static string PathOf(SignInStep step) =>
        step switch
        {
            SignInStep.SecondFactor => Root + SecondFactorPath,
            SignInStep.Enrol => Root + EnrolPath,
            SignInStep.Password => Root + PasswordPath,
            _ => Root,
        };

    static IResult Page<TPage>(HttpContext context, AccountVisit visit, string? fault = null)
        where TPage : AccountPage => Page<TPage>(context, visit, new { Fault = fault });

    static IResult Page<TPage>(HttpContext context, AccountVisit visit, object parameters)
        where TPage : AccountPage
    {
        var values = new RouteValueDictionary(parameters)
        {
            [nameof(AccountPage.Nonce)] = context.GetNonce(),
            [nameof(AccountPage.Form)] = visit.FormToken(context),
        };
        var isFault = values.TryGetValue(nameof(AccountPage.Fault), out var fault) && fault is not null;
        return new RazorComponentResult<TPage>(new Dictionary<string, object?>(values))
        {
            StatusCode = isFault ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
        };
    }
}
