using System.Text;
using ClearanceEngine.Access;

namespace ClearanceEngine.Tests.Access;

/// <summary>The pages of the rights, written from the table.</summary>
static class RightsPage
{
    public static string English() =>
        Page(
            """
            # Rights

            中文：[rights.zh-CN.md](rights.zh-CN.md). Written from the table, `src/Domain/Access/RightsTable.cs`, and kept equal to it by a test; `CLEARANCE_WRITE_DOCS=docs` makes it anew.

            Who has several roles may do what any of them may. **own**: what is of the participants that the account is bound to, and nothing for an account that is bound to none; what a participant sees of a parcel is in [adr/028-who-may-see-a-parcel.md](adr/028-who-may-see-a-parcel.md). **all**: everyone's. A right that an account does not have is refused with `not-allowed`, which names the roles that have it ([problems.md](problems.md)).


            """,
            "what | right",
            words => words.English,
            reach =>
                reach switch
                {
                    Reach.All => "all",
                    Reach.Own => "own",
                    _ => "",
                }
        );

    public static string Chinese() =>
        Page(
            """
            # 权限

            English: [rights.md](rights.md)。本页由权限表 `src/Domain/Access/RightsTable.cs` 生成，由测试保证一致；以 `CLEARANCE_WRITE_DOCS=docs` 重新生成。

            有多个角色的，权限取其并集。**本企业**：账户所绑定企业的单证与包裹，未绑定企业的账户无此权限；企业对包裹可见的内容见 [adr/028-who-may-see-a-parcel.md](adr/028-who-may-see-a-parcel.md)。**全部**：所有企业。无权的请求以 `not-allowed` 拒绝，并列出有此权限的角色（[problems.zh-CN.md](problems.zh-CN.md)）。


            """,
            "内容 | 权限",
            words => words.Chinese,
            reach =>
                reach switch
                {
                    Reach.All => "全部",
                    Reach.Own => "本企业",
                    _ => "",
                }
        );

    static string Page(
        string head,
        string firstColumns,
        Func<ProblemWords, string> language,
        Func<Reach, string> reach
    )
    {
        var page = new StringBuilder(head.ReplaceLineEndings("\n"));
        var roles = RightsTable.Rows.Select(row => language(row.Words));
        page.Append($"| {firstColumns} | {string.Join(" | ", roles)} |\n");
        page.Append($"|--|--|{string.Concat(RightsTable.Rows.Select(_ => "--|"))}\n");

        foreach (var right in Rights.All)
        {
            var cells = RightsTable.Rows.Select(row => reach(row.ReachOf(right.Right)));
            page.Append($"| {language(right.Words)} | `{right.Name}` | {string.Join(" | ", cells)} |\n");
        }
        return page.ToString();
    }
}
