using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Audit;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Who is asking, a person's year, who did what.</summary>
static class QuestionTexts
{
    public static EndpointText Me { get; } =
        new(
            "whoAmI",
            ContractGroups.Questions,
            new(
                "本账户的名称、类别、角色、所绑定的企业与权限。",
                "Name, kind, roles, companies and rights of the account that asks."
            )
        )
        {
            Answers = [new(200, typeof(MeResponse), new("本账户。", "The account."), "me.json")],
        };

    public static EndpointText Quota { get; } =
        new(
            "showQuota",
            ContractGroups.Questions,
            new(
                "个人年度额度，单位为分。证件号码只在请求体内；查询本身记入审计。",
                "A person's year, in fen. The id number stands in the body only; that it was looked at is written to the audit trail."
            )
        )
        {
            Bodies = [new("application/json", typeof(QuotaRequest), "quota-request.json")],
            Answers = [new(200, typeof(QuotaResponse), new("该年度。", "The year."), "quota.json")],
            Refusals =
            [
                new(
                    400,
                    ProblemCode.JsonMalformed,
                    ProblemCode.IdNumberWrong,
                    ProblemCode.YearWrong,
                    ProblemCode.ReasonWrong
                ),
            ],
        };

    public static EndpointText Audit { get; } =
        new(
            "showAudit",
            ContractGroups.Questions,
            new(
                "谁、何时、从何处、因何对何物做了什么，新的在前，分页。",
                "Who did what to what, when, from where and why, the newest first, a page at a time."
            )
        )
        {
            Parameters =
            [
                new(ParameterNames.Actor, new("操作者名称。", "Name of who acted."), "operator"),
                new(
                    ParameterNames.Subject,
                    new("对象。", "To what."),
                    "parcel/9999900001/TEST-ORD-20261120-0001"
                ),
                new(ParameterNames.Right, new("权限名。", "By which right."), "parcels:close"),
                new(
                    ParameterNames.Since,
                    new("起（含），带时区。", "From this time on, with its offset."),
                    "2026-11-11T00:00:00+08:00"
                ),
                new(
                    ParameterNames.Until,
                    new("止（不含），带时区。", "Before this time, with its offset."),
                    "2026-11-12T00:00:00+08:00"
                ),
                new(
                    ParameterNames.Limit,
                    new(
                        $"每页条数，1 至 {AuditQuestion.LargestPage}，缺省 {AuditQuestion.UsualPage}。",
                        $"Entries of a page, 1 to {AuditQuestion.LargestPage}; {AuditQuestion.UsualPage} if left out."
                    ),
                    "50"
                )
                {
                    IsNumber = true,
                },
                new(
                    ParameterNames.Cursor,
                    new("上一页的 next。", "The next of the page before."),
                    "AAABmp7GfoAOuxXZiLxcY7xWPbpstinc"
                ),
            ],
            Answers = [new(200, typeof(AuditPage), new("一页。", "A page."), "audit.json")],
            Refusals = [new(400, ProblemCode.QueryIncomplete)],
        };
}
