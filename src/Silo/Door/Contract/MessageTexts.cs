using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Documents come in.</summary>
static class MessageTexts
{
    public static EndpointText Submit { get; } =
        new(
            "submitMessage",
            ContractGroups.Messages,
            new(
                "一份 CEB 报文（311、411、511、513、621、623、625、711），XML 或同构的 JSON，UTF-8。传输企业（copCode）须为本账户所绑定的企业。同一报文可重复发送：不改变任何状态，得到当前结果。",
                "One CEB message (311, 411, 511, 513, 621, 623, 625 or 711), as XML or as JSON of the same shape, in UTF-8. The account must speak for its sender (copCode). The same message may be sent again: it changes nothing and gets the present answer."
            )
        )
        {
            Bodies =
            [
                new("application/xml", null, "CEB311.xml"),
                new("text/xml", null, "CEB311.xml"),
                new("application/json", null, "CEB311.json"),
            ],
            Answers =
            [
                new(
                    200,
                    typeof(IReadOnlyList<DocumentResponse>),
                    new("每份单证一项，按报文中的顺序。", "One for each document, in the message's order."),
                    "documents.json"
                ),
                new(
                    202,
                    typeof(AcceptedResponse),
                    new(
                        "已可靠存入，判定尚需时间；请按 links 查询。",
                        "Durable; the decision takes longer. Ask at the links."
                    ),
                    "accepted.json"
                ),
            ],
            Refusals =
            [
                new(400),
                new(403, ProblemCode.NotYourCompany),
                new(413, ProblemCode.KafkaRefused),
                new(503, ProblemCode.KafkaUnavailable),
            ],
        };
}
