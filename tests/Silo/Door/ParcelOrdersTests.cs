using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Simulator.Samples;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>What an operator may order for a parcel by HTTP, and how it is refused.</summary>
public sealed class ParcelOrdersTests
{
    static readonly Caller Operator = new("operator", CallerKind.Account, [Role.Operator], []);

    readonly List<AuditEntry> _written = [];
    readonly OrderedParcel _parcel = OrderedParcel.Make();

    [Theory]
    [InlineData("?document=order", DocumentType.Order, null)]
    [InlineData("?document=payment&number=T-1", DocumentType.Payment, "T-1")]
    [InlineData("?document=waybill", DocumentType.Waybill, null)]
    [InlineData("?document=list", DocumentType.DeclarationList, null)]
    [InlineData("?document=entry", DocumentType.InboundNote, null)]
    [InlineData("?document=cancel", DocumentType.Cancellation, null)]
    [InlineData("?document=return", DocumentType.Return, null)]
    [InlineData("?document=waybillStatus", DocumentType.WaybillStatus, null)]
    public async Task A_resend_names_its_document_as_JSON_does(
        string query,
        DocumentType type,
        string? number
    )
    {
        var answer = await Resend(query);
        Assert.IsType<JsonHttpResult<ParcelView>>(answer);
        Assert.Equal((type, number), Assert.Single(_parcel.Resent));
        var entry = Assert.Single(_written);
        Assert.Equal((AuditOutcome.Asked, "parcel/9999900001/A-1"), (entry.Outcome, entry.Subject.Text));
        Assert.Equal(number is null ? WireName.Of(type) : $"{WireName.Of(type)} {number}", entry.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?document=")]
    [InlineData("?document=List")]
    [InlineData("?document=1")]
    [InlineData("?document=list&document=order")]
    [InlineData("?document=list&numbr=1")]
    [InlineData("?document=list&number=")]
    public async Task A_resend_that_names_no_document_is_malformed(string query)
    {
        IsProblem(await Resend(query), 400, "query-incomplete");
        Assert.Empty(_parcel.Resent);
    }

    [Theory]
    [InlineData("document-not-found", 404)]
    [InlineData("not-dispatched", 409)]
    [InlineData("too-many-resends", 409)]
    public async Task What_the_parcel_refuses_is_told_with_its_code(string code, int status)
    {
        _parcel.Refusal = new Problem(
            ProblemCode.Written(code),
            DocumentType.Order,
            null,
            null,
            "不行。It cannot be."
        );
        IsProblem(await Resend("?document=order"), status, code);
    }

    [Fact]
    public async Task Closing_has_a_reason()
    {
        Assert.IsType<JsonHttpResult<ParcelView>>(await Close("""{"reason": " 企业已另行申报 "}"""));
        Assert.Equal("企业已另行申报", Assert.Single(_parcel.Reasons));
    }

    [Theory]
    [InlineData("", "reason-wrong")]
    [InlineData("null", "reason-wrong")]
    [InlineData("""{"reason": "a", "resaon": "b"}""", "reason-wrong")]
    [InlineData("""{"reason": 1}""", "reason-wrong")]
    [InlineData("{}", "reason-missing")]
    [InlineData("""{"reason": ""}""", "reason-missing")]
    [InlineData("""{"reason": "  "}""", "reason-missing")]
    [InlineData("""{"reason": "a\nb"}""", "reason-missing")]
    [InlineData("long", "reason-missing")]
    public async Task Closing_without_a_reason_is_malformed(string body, string code)
    {
        if (body == "long")
            body = JsonSerializer.Serialize(new { reason = new string('x', 201) });
        var answer = await Close(body);
        IsProblem(answer, 400, code);
        // Whoever left the reason out does not want to hear of JSON.
        var detail = Assert.IsType<ProblemHttpResult>(answer).ProblemDetails.Detail!;
        Assert.Equal(code == "reason-wrong", detail.Contains("JSON", StringComparison.Ordinal));
        Assert.Empty(_parcel.Reasons);
    }

    [Fact]
    public async Task What_needs_no_closing_is_told_so()
    {
        _parcel.Refusal = new Problem(
            ProblemCode.AlreadyEnded,
            DocumentType.Order,
            null,
            null,
            "无须。No need."
        );
        IsProblem(await Close("""{"reason": "a"}"""), 409, "already-ended");
    }

    [Fact]
    public async Task A_reason_in_another_form_is_not_read()
    {
        IsProblem(
            await Close("reason=a", "application/x-www-form-urlencoded"),
            415,
            "content-type-not-allowed"
        );
        IsProblem(await Close(new string(' ', 4097)), 413, "too-large");
    }

    Task<IResult> Resend(string query)
    {
        var context = Context();
        context.Request.QueryString = new QueryString(query);
        return ParcelOrders.Resend(context);
    }

    Task<IResult> Close(string body, string type = "application/json")
    {
        var context = Context();
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Request.Body = new MemoryStream(bytes);
        context.Request.ContentLength = bytes.Length;
        context.Request.ContentType = type;
        var json = Options.Create(new JsonOptions());
        return ParcelOrders.Close(context, new BodyReader(new DoorOptions(), TimeProvider.System), json);
    }

    DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        var shown = (ParcelView)RuntimeHelpers.GetUninitializedObject(typeof(ParcelView));
        var view = shown with { OrderNo = "A-1" };
        context.Features.Set(new KnownParcel(_parcel.Grain, SampleParcel.Platform, Audience.All, view));
        context.Features.Set(
            new RequestPatience(new DoorOptions(), TimeProvider.System, CancellationToken.None)
        );
        context.Features.Set(
            new AuditedAct(Write, Operator, Right.CloseParcels, "192.0.2.7", TimeProvider.System)
        );
        return context;
    }

    Task Write(AuditEntry entry)
    {
        Assert.Empty(_parcel.Resent);
        _written.Add(entry);
        return Task.CompletedTask;
    }

    static void IsProblem(IResult answer, int status, string code)
    {
        var problem = Assert.IsType<ProblemHttpResult>(answer);
        Assert.Equal((status, code), (problem.StatusCode, problem.ProblemDetails.Title));
        Assert.Contains(problem.ProblemDetails.Detail!, c => c > 0x4E00);
        Assert.Contains(problem.ProblemDetails.Detail!, char.IsAsciiLetter);
    }
}

/// <summary>A parcel that remembers what was ordered.</summary>
public class OrderedParcel : DispatchProxy
{
    public IParcelGrain Grain { get; private set; } = null!;

    public Problem? Refusal { get; set; }

    public List<(DocumentType, string?)> Resent { get; } = [];

    public List<string> Reasons { get; } = [];

    public static OrderedParcel Make()
    {
        var grain = Create<IParcelGrain, OrderedParcel>();
        var proxy = (OrderedParcel)(object)grain;
        proxy.Grain = grain;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(IParcelGrain.Resend):
                Resent.Add(((DocumentType)args![1]!, (string?)args[2]));
                return Task.FromResult(Refusal);
            case nameof(IParcelGrain.Close):
                Reasons.Add((string)args![1]!);
                return Task.FromResult(Refusal);
            case nameof(IParcelGrain.Show):
                return Task.FromResult<ParcelView?>(null);
            default:
                throw new NotSupportedException(targetMethod.Name);
        }
    }
}
