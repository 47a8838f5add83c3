using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Changes;

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
            HasTag = true,
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

    public static EndpointText Changes { get; } =
        new(
            "readChanges",
            ContractGroups.Questions,
            new(
                "交付本企业的回执，按交付顺序。Accept 为 text/event-stream 时为事件流：每个事件的 data 即 JSON 中的一项，id 为其游标，断线后以 Last-Event-ID 续读；否则为一页，没有新内容时至多等待 wait 秒。",
                "Receipts that were handed on to a participant, in that order. As an event stream where Accept names text/event-stream: the data of each event is one of the JSON's, its id the cursor, and Last-Event-ID goes on behind it; else as a page, for which a poll waits up to wait seconds."
            )
        )
        {
            Parameters =
            [
                new(
                    ParameterNames.Participant,
                    new(
                        "企业代码；只代表一家企业者可不给。",
                        "Code of the participant; whoever speaks for one alone may leave it out."
                    ),
                    "9999900005"
                ),
                new(
                    ParameterNames.After,
                    new("游标，或 oldest（缺省）、latest。", "A cursor, or oldest (the default) or latest."),
                    "oldest"
                ),
                new(ParameterNames.Wait, new("等待秒数，缺省 0。", "Seconds to wait; 0 if left out."), "20")
                {
                    IsNumber = true,
                },
                new(ParameterNames.Limit, new("每页条数。", "Events of a page."), "50") { IsNumber = true },
            ],
            Answers =
            [
                new(
                    200,
                    typeof(ChangePage),
                    new("一页，或事件流。", "A page, or an event stream."),
                    "changes.json"
                )
                {
                    IsStreamed = true,
                },
            ],
            Refusals =
            [
                new(400, ProblemCode.QueryIncomplete, ProblemCode.CursorInvalid),
                new(403, ProblemCode.ParticipantNotYours),
                new(410, ProblemCode.CursorGone),
                new(429, ProblemCode.TooManyReaders),
                new(503, ProblemCode.TooManyReaders),
            ],
        };
}
