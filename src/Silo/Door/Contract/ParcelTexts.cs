using System.Collections.Immutable;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Parcels, and what may be ordered for them.</summary>
static class ParcelTexts
{
    static readonly ImmutableArray<ParameterText> Name =
    [
        new(
            ParameterNames.Platform,
            new("电商平台代码（ebpCode）。", "Code of the parcel's platform (ebpCode)."),
            "9999900001"
        )
        {
            IsRequired = true,
        },
        new(
            ParameterNames.Order,
            new("该平台的订单号，须转义。", "Its order number there, escaped."),
            "TEST-ORD-20261120-0001"
        )
        {
            IsRequired = true,
        },
    ];

    static readonly AnswerText TheParcel = new(
        200,
        typeof(ParcelView),
        new("本账户可见的包裹内容。", "The parcel as this account may see it."),
        "parcel.json"
    );

    static readonly RefusalText NoParcel = new(404, ProblemCode.ParcelNotFound);

    public static EndpointText Show { get; } =
        new(
            "showParcel",
            ContractGroups.Parcels,
            new(
                "包裹的状态、单证、缺失、问题、回执、额度、税单与经过。企业只见自己的单证及其回执；与己无关的包裹与不存在的包裹回答相同。",
                "State, documents, what is missing, problems, receipts, quota, tax bills and timeline. A company sees its own documents and their receipts; a parcel that is not its own is answered like one that is not there."
            )
        )
        {
            Parameters = Name,
            HasTag = true,
            Answers = [TheParcel],
            Refusals = [NoParcel],
        };

    public static EndpointText Find { get; } =
        new(
            "findParcel",
            ContractGroups.Parcels,
            new(
                "按运单、支付单或清单查找，三者给一；清单的 invtNo、preNo 可不给 company。",
                "By one of waybill, payment or list, and the company that numbered it; a list's invtNo or preNo goes without."
            )
        )
        {
            Parameters =
            [
                new(
                    ParameterNames.Waybill,
                    new("运单号（logisticsNo）。", "Number of a waybill (logisticsNo)."),
                    "TESTWB0000000001"
                ),
                new(
                    ParameterNames.Payment,
                    new("支付流水号（payTransactionId）。", "Number of a payment (payTransactionId)."),
                    "TESTPAY2026112000000001"
                ),
                new(
                    ParameterNames.List,
                    new("清单的 copNo、preNo 或 invtNo。", "copNo, preNo or invtNo of a list."),
                    "TESTCOP20261120001"
                ),
                new(
                    ParameterNames.Company,
                    new("编号企业的代码。", "Code of the company that gave the number."),
                    "9999900004"
                ),
            ],
            HasTag = true,
            Answers = [TheParcel],
            Refusals = [new(400, ProblemCode.QueryIncomplete), NoParcel],
        };

    public static EndpointText Ask { get; } =
        new(
            "askCustoms",
            ContractGroups.Parcels,
            new(
                "立即就该包裹未结的单证向海关查询最新回执。",
                "Asks customs now for the latest receipts of the parcel's open documents."
            )
        )
        {
            Parameters = Name,
            Answers =
            [
                new(200, typeof(AskResponse), new("是否已查询。", "Whether it was asked."), "ask.json"),
            ],
            Refusals = [NoParcel],
        };

    public static EndpointText Resend { get; } =
        new(
            "resendDocument",
            ContractGroups.Parcels,
            new(
                "将一份单证按原内容、原 guid 再次发往海关。",
                "Sends a document to customs once more, the same content under the same guid."
            )
        )
        {
            Parameters =
            [
                .. Name,
                new(ParameterNames.Document, new("哪类单证。", "Which type of document."), "list")
                {
                    IsRequired = true,
                    Allowed = [.. Enum.GetValues<DocumentType>().Select(type => WireName.Of(type))],
                },
                new(
                    ParameterNames.Number,
                    new(
                        "同类单证有多份时，其编号。",
                        "Its number, where the parcel has several of the type."
                    ),
                    "TESTCOP20261120001"
                ),
            ],
            IsAct = true,
            Answers = [TheParcel],
            Refusals =
            [
                new(400, ProblemCode.QueryIncomplete),
                new(404, ProblemCode.ParcelNotFound, ProblemCode.DocumentNotFound),
                new(409),
            ],
        };

    public static EndpointText Close { get; } =
        new(
            "closeParcel",
            ContractGroups.Parcels,
            new(
                "引擎不再处理该包裹；海关其后的回执仍会记录。须写明原因。",
                "The engine does no more for the parcel; what customs says later is still kept. A reason is needed."
            )
        )
        {
            Parameters = Name,
            Bodies = [new("application/json", typeof(CloseRequest), "close-request.json")],
            IsAct = true,
            Answers = [TheParcel],
            Refusals = [new(400, ProblemCode.ReasonWrong, ProblemCode.ReasonMissing), NoParcel, new(409)],
        };

    public static EndpointText Departed { get; } =
        new(
            "departGoods",
            ContractGroups.Parcels,
            new(
                "登记货物已离区/离场；仅放行后，由其所在场所或经办人登记。",
                "Says that the goods have departed: after their release, by the site where they lie or by an operator."
            )
        )
        {
            Parameters = Name,
            IsAct = true,
            Answers = [TheParcel],
            Refusals = [NoParcel, new(409)],
        };
}
