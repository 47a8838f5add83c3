using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Changes;
using ClearanceEngine.Silo.Door.Contract;
using ClearanceEngine.Silo.Repeats;
using Microsoft.AspNetCore.Routing;

namespace ClearanceEngine.Silo.Door;

/// <summary>The HTTP door. Documents go the same way as any other, over Kafka; the door only waits for the decision.</summary>
static class DoorEndpoints
{
    static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Patterns of the endpoints that are open to strangers; whatever is not here wants a caller.</summary>
    internal static IReadOnlyList<string> Public { get; } =
    [ApiPaths.Front, .. DocsPage.Paths, ApiPaths.OpenApi, ApiPaths.Live, ApiPaths.Ready];

    public static void MapDoor(this IEndpointRouteBuilder app)
    {
        app.MapRead(ApiPaths.Front, FrontPage.Show)
            .WithSecurityHeadersPolicy(SecurityHeaders.Page)
            .AllowAnonymous()
            .WithSummary("本页 this page")
            .Tell(EngineTexts.Front);
        app.MapRead(ApiPaths.Me, MeEndpoint.Show)
            .AddEndpointFilter<EntityTagFilter>()
            .RequireAuthorization()
            .WithSummary("我是谁，可做什么 who I am here, and what I may do")
            .Tell(QuestionTexts.Me);
        app.MapPost(ApiPaths.Messages, (HttpContext context, MessageSubmission submission) =>
                submission.Submit(context)
            )
            .RequireRateLimiting(DoorLimits.Messages)
            .RequireRight(Right.SubmitDocuments)
            .WithSummary("提交一份 CEB 报文（XML 或 JSON）submit one CEB message, XML or JSON")
            .Tell(MessageTexts.Submit);
        app.MapQuestions();
        app.MapAccountPages();
        app.MapDocs();
        app.MapHealth();
    }

    static void MapQuestions(this IEndpointRouteBuilder app)
    {
        var questions = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PartAwayFilter>();
        questions
            .MapRead(ApiPaths.Parcels, ParcelEndpoints.Find)
            .AddEndpointFilter<EvenAnswerFilter>()
            .AddEndpointFilter<EntityTagFilter>()
            .RequireRight(Right.ReadParcels)
            .WithSummary(
                "按 waybill、payment 或 list 加 company 查找 find one by waybill, payment or list, and company"
            )
            .Tell(ParcelTexts.Find);
        questions
            .MapPost(ApiPaths.Quota, QuotaEndpoint.Show)
            .RequireRight(Right.ReadQuota)
            .WithSummary("个人年度额度 a person's annual quota: {\"idNumber\", \"year\", \"reason\"}")
            .Tell(QuestionTexts.Quota);
        questions
            .MapGet(ApiPaths.Changes, ChangesEndpoint.Show)
            .RequireRight(Right.ReadParcels)
            .WithSummary(
                "企业收到的回执，随到随读 receipts of a participant, as they come: participant=, after=, wait=, limit="
            )
            .Tell(QuestionTexts.Changes);
        questions
            .MapRead(ApiPaths.Audit, AuditEndpoint.Show)
            .RequireRight(Right.ReadAuditTrail)
            .WithSummary("审计记录 who did what: actor=, subject=, right=, since=, until=, limit=, cursor=")
            .Tell(QuestionTexts.Audit);

        var parcel = questions
            .MapGroup("")
            .AddEndpointFilter<RouteGroupBuilder, EvenAnswerFilter>()
            .AddEndpointFilter<RouteGroupBuilder, KnownParcelFilter>();
        parcel
            .MapRead(ApiPaths.Parcel, ParcelEndpoints.Show)
            .AddEndpointFilter<EntityTagFilter>()
            .RequireRight(Right.ReadParcels)
            .WithSummary("一个包裹 a parcel")
            .Tell(ParcelTexts.Show);
        parcel.MapActs();
    }

    static void MapDocs(this IEndpointRouteBuilder app)
    {
        app.MapRead(ApiPaths.OpenApi, ContractDocument.Show)
            .AllowAnonymous()
            .WithSummary("本接口的 OpenAPI 3.1 文档 this contract as an OpenAPI 3.1 document")
            .ExcludeFromDescription();
        DocsPage.Map(app);
    }

    /// <summary>Whoever looks after the engine is answered when its door is full.</summary>
    static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapRead(ApiPaths.Live, DoorHealth.Live)
            .DisableRateLimiting()
            .AllowAnonymous()
            .WithSummary("存活 alive")
            .Tell(EngineTexts.Live);
        app.MapRead(ApiPaths.Ready, DoorHealth.Ready)
            .DisableRateLimiting()
            .AllowAnonymous()
            .WithSummary("就绪；运维另见各部件状态 ready; to operators also how each part does")
            .Tell(EngineTexts.Ready);
    }

    /// <summary>Acts are done once for each key that a caller gives them, and only while the parcel is what the caller saw, if it says so (ADR 035).</summary>
    static void MapActs(this RouteGroupBuilder parcel)
    {
        var acts = parcel
            .MapGroup("")
            .AddEndpointFilter<RouteGroupBuilder, RepeatFilter>()
            .AddEndpointFilter<RouteGroupBuilder, UnchangedParcelFilter>();

        acts.MapPost(ApiPaths.Ask, (Delegate)ParcelEndpoints.Ask)
            .RequireRight(Right.AskCustoms)
            .WithSummary("立即向海关查询 ask customs now")
            .Tell(ParcelTexts.Ask);
        acts.MapPost(ApiPaths.Resend, (Delegate)ParcelOrders.Resend)
            .RequireRight(Right.ResendDocuments)
            .WithSummary("向海关重发一份单证 send a document to customs again: ?document=, &number=")
            .Tell(ParcelTexts.Resend);
        acts.MapPost(ApiPaths.Close, ParcelOrders.Close)
            .RequireRight(Right.CloseParcels)
            .WithSummary("不再处理该包裹 do no more for the parcel: {\"reason\"}")
            .Tell(ParcelTexts.Close);
        acts.MapPost(ApiPaths.Departed, ParcelEndpoints.Leave)
            .RequireRight(Right.DepartGoods)
            .WithSummary("货物已离场 the goods have left")
            .Tell(ParcelTexts.Departed);
    }

    static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder app, string path, Delegate handler) =>
        app.MapMethods(path, Reading, handler);
}
