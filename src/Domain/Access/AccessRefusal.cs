namespace ClearanceEngine.Access;

/// <summary>Why somebody is turned away. A text names what the caller gave and what the table says, and nothing that it asked for.</summary>
/// <param name="Code">What is wrong, by the catalogue.</param>
/// <param name="Text">What is wrong and what to do: a Chinese sentence, then an English one.</param>
public sealed record AccessRefusal(ProblemCode Code, string Text)
{
    /// <summary>Nobody can be told by the request: 401.</summary>
    public static AccessRefusal SignInNeeded { get; } =
        new(
            ProblemCode.SignInNeeded,
            "请先登录，或在 Authorization 标头中附上令牌。Sign in first, or send a token in the header Authorization."
        );

    /// <summary>A credential is there and proves nothing: 401. Why is not told, for it would tell a guesser what to guess next.</summary>
    public static AccessRefusal CredentialInvalid { get; } =
        new(
            ProblemCode.CredentialInvalid,
            "凭证已过期、已吊销、签名有误，或并非签发给本引擎，请重新登录或换取新的令牌。The credential is expired or revoked, not signed as it should be, or made for another audience; sign in again or get a new token."
        );

    /// <summary>None of the caller's roles has the right, or it is bound to no company: 403.</summary>
    public static AccessRefusal NotAllowed(Right right)
    {
        var (name, words) = (right.Descriptor().Name, right.Descriptor().Words);
        var chinese = string.Join("、", RightsTable.With(right).Select(row => row.Words.Chinese));
        var english = string.Join(", ", RightsTable.With(right).Select(row => row.Words.English));
        return new AccessRefusal(
            ProblemCode.NotAllowed,
            $"无权{words.Chinese}（{name}）。有此权限的角色为{chinese}，企业与监管场所的账户还须绑定企业代码；请换用相应账户，或请管理员授权。You may not {words.English} ({name}). Roles that may: {english}; an account of a company or a site has to be bound to a participant as well. Use such an account, or ask an administrator."
        );
    }

    /// <summary>The caller may send documents, but none that this participant transmits: 403.</summary>
    /// <param name="copCode">As the caller gave it.</param>
    public static AccessRefusal NotYourCompany(string copCode) =>
        new(
            ProblemCode.NotYourCompany,
            $"本账户不能代表传输企业 {copCode}（copCode）报送单证，请使用该企业的账户，或请管理员绑定该企业代码。This account may not send documents of {copCode} (copCode); use an account of that company, or have an administrator bind this one to it."
        );
}
