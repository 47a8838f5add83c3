using System.Text;

namespace ClearanceEngine.Tests.Problems;

/// <summary>The pages of the codes, written from the catalogue.</summary>
static class ProblemPage
{
    public static string English() =>
        Page(
            """
            # Problems

            中文：[problems.zh-CN.md](problems.zh-CN.md). Written from the catalogue, `src/Domain/Problems/ProblemCatalogue.cs`, and kept equal to it by a test; `CLEARANCE_WRITE_DOCS=docs` makes it anew.

            A code says what is wrong: in `problems` of an answer, in brackets before the text of a receipt, as the `title` of a refusal of HTTP ([http.md](http.md)), or as `dl-reason` of a dead letter ([dead-letters.md](dead-letters.md)). The text beside it names document, field and values. Codes stay; new ones come.

            Not here: `http-` with its status, for what the web server refuses by itself; `retries-exhausted` and `no-stream` of dead letters; and what the command `clearance` says of its own use. A receipt without an official code of its own has the general one of its document.

            | code | who meets it | what is wrong | what to do | official code |
            |--|--|--|--|--|

            """,
            e => $"{e.Meaning.English} | {e.Remedy.English}",
            toldTo =>
                toldTo switch
                {
                    ToldTo.Participant => "participant",
                    ToldTo.Operator => "operator",
                    _ => "both",
                },
            document => document.Name(),
            ", "
        );

    public static string Chinese() =>
        Page(
            """
            # 问题代码

            English: [problems.md](problems.md)。本页由目录 `src/Domain/Problems/ProblemCatalogue.cs` 生成，由测试保证一致；以 `CLEARANCE_WRITE_DOCS=docs` 重新生成。

            代码说明错在何处，见于答复的 `problems`、回执文字前的方括号、HTTP 拒绝的 `title`（[http.zh-CN.md](http.zh-CN.md)）或死信的 `dl-reason`（[dead-letters.zh-CN.md](dead-letters.zh-CN.md)）。其后的文字指明单证、字段与取值。已有代码不变，会有新增。

            以下不在本页：`http-` 加状态码，为网络服务自身的拒绝；死信的 `retries-exhausted` 与 `no-stream`；命令 `clearance` 对其用法的说明。没有对应官方代码的，回执用该单证的一般代码。

            | 代码 | 由谁处理 | 错在何处 | 如何处理 | 官方代码 |
            |--|--|--|--|--|

            """,
            e => $"{e.Meaning.Chinese} | {e.Remedy.Chinese}",
            toldTo =>
                toldTo switch
                {
                    ToldTo.Participant => "企业",
                    ToldTo.Operator => "经办人",
                    _ => "企业、经办人",
                },
            document => document.Chinese(),
            "、"
        );

    static string Page(
        string head,
        Func<ProblemEntry, string> words,
        Func<ToldTo, string> who,
        Func<DocumentType, string> document,
        string between
    )
    {
        var page = new StringBuilder(head.ReplaceLineEndings("\n"));
        foreach (var entry in ProblemCode.Catalogue)
        {
            var official = string.Join(
                between,
                entry.Official.Select(o => $"{document(o.Document)} {o.Code}")
            );
            page.Append($"| `{entry.Code}` | {who(entry.ToldTo)} | {words(entry)} | {official} |\n");
        }
        return page.ToString();
    }
}
