using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Participants;
using Role = ClearanceEngine.Access.Role;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What a client or an account may be.</summary>
sealed class AccountRules(IParticipantRegistry participants, AccountOptions options)
{
    const int LongestName = 64;

    /// <exception cref="AccountRefusedException">A client cannot be so.</exception>
    public void CheckClient(string name, ImmutableArray<Role> roles, ImmutableArray<string> codes)
    {
        CheckName(name);
        CheckRoles(roles, codes);
        CheckCodes(codes);
        if (codes.Length > options.ClientParticipants)
            throw new AccountRefusedException(
                $"企业代码超过 {options.ClientParticipants} 个（Access:Accounts:ClientParticipants）。These are more than {options.ClientParticipants} participants (Access:Accounts:ClientParticipants); make another client for the rest."
            );
    }

    /// <exception cref="AccountRefusedException">An account of a person cannot be so.</exception>
    public void CheckPerson(string name, ImmutableArray<Role> roles, string? code)
    {
        ImmutableArray<string> codes = code is null ? [] : [code];
        CheckName(name);
        CheckRoles(roles, codes);
        CheckCodes(codes);
    }

    /// <summary>Letters that no two of which look alike, and that need no escape in a header or an address.</summary>
    static void CheckName(string name)
    {
        if (!MayBeName(name) || name.Any(char.IsAsciiLetterUpper))
            throw new AccountRefusedException(
                $"名称 {Clip.Quote(name)} 应为 1 至 {LongestName} 个小写字母、数字、点、下划线或连字符。The name {Clip.Quote(name)} must be 1 to {LongestName} lower-case letters a to z, digits, dots, underscores or hyphens."
            );
    }

    /// <summary>What no name can be is nobody's, and nothing is asked of the database for it. People may write theirs in capitals.</summary>
    public static bool MayBeName(string name) => name.Length is > 0 and <= LongestName && name.All(IsOfName);

    static bool IsOfName(char sign) =>
        char.IsAsciiLetter(sign) || char.IsAsciiDigit(sign) || sign is '.' or '_' or '-';

    static void CheckRoles(ImmutableArray<Role> roles, ImmutableArray<string> codes)
    {
        if (roles.IsEmpty)
            throw new AccountRefusedException(
                "至少一个角色（--role）。Give it a role at least (--role); without one it may do nothing."
            );
        if (codes.IsEmpty && roles.Any(role => role is Role.Company or Role.Site))
            throw new AccountRefusedException(
                "企业与监管场所须绑定企业代码（--participant）。A company or a site must be bound to a participant (--participant); without one it reaches nothing."
            );
    }

    void CheckCodes(ImmutableArray<string> codes)
    {
        foreach (var code in codes.Where(code => participants.Find(code) is null))
            throw new AccountRefusedException(
                $"企业名录中没有 {Clip.Quote(code)}。There is no participant {Clip.Quote(code)}; add it to Engine:ParticipantsFile first, or correct the code."
            );
    }
}

/// <summary>An account or a client cannot be so, or is not there.</summary>
/// <param name="text">What is wrong and what to do, in both languages.</param>
sealed class AccountRefusedException(string text) : Exception(text);
