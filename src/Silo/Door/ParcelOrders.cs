using System.Text.Json;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Audit;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Door;

/// <summary>What an operator orders for a parcel (rule 4): a document goes to customs again, or the parcel is closed.</summary>
static class ParcelOrders
{
    /// <summary>Most bytes of a body.</summary>
    internal const int BodyBytes = 4 * 1024;

    static readonly string[] Parameters = [ParameterNames.Document, ParameterNames.Number];

    public static async Task<IResult> Resend(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.FirstOrDefault(q => !IsParameter(q.Key) || q.Value.Count != 1).Key is { } wrong)
            return WhichDocument(
                $"参数 {Clip.Quote(wrong)} 无效或重复。",
                $"{Clip.Quote(wrong)} is no parameter or is repeated. "
            );
        if (TypeOf(query[ParameterNames.Document].ToString()) is not { } type)
            return WhichDocument("", "");
        var number = query.ContainsKey(ParameterNames.Number)
            ? query[ParameterNames.Number].ToString()
            : null;
        if (number is not null && !KnownGrains.IsNumber(number))
            return WhichDocument("number 无效。", "number is no number that a document may have. ");

        var (parcel, patience) = (KnownParcelFilter.Of(context), RequestPatience.Of(context));
        await patience.Ask(AuditedAct.Of(context).Begin(parcel.Subject, WhatIsResent(type, number)));
        return await patience.Act(parcel.Grain.Resend(parcel.EbpCode, type, number)) is { } refusal
            ? DoorProblems.Problem(StatusOf(refusal), refusal.Code, refusal.Text)
            : Results.Json(await parcel.Show(patience));
    }

    public static async Task<IResult> Close(
        HttpContext context,
        BodyReader reader,
        IOptions<JsonOptions> json
    )
    {
        if (BodyTypes.Refusal(context.Request, BodyTypes.OfQuestions) is { } refusal)
            return refusal;
        var body = await reader.Read(context.Request, BodyBytes);
        if (body.Refusal is not null)
            return body.Refusal;
        if (Read(body.Bytes, json.Value.SerializerOptions) is not { } request)
            return DoorProblems.Malformed(
                ProblemCode.ReasonWrong,
                """请求体应为 {"reason": "…"}，不得有其他成员。The body must be that JSON object in UTF-8, and nothing else."""
            );
        if (ActReason.Read(request.Reason) is not { } reason)
            return DoorProblems.Malformed(
                ProblemCode.ReasonMissing,
                $"关闭包裹须写明原因（reason），1 至 {ActReason.MostCharacters} 字，不得有控制字符。Closing a parcel needs a reason: a text of 1 to {ActReason.MostCharacters} characters without control characters."
            );

        var (parcel, patience) = (KnownParcelFilter.Of(context), RequestPatience.Of(context));
        patience.Renew();
        await patience.Ask(AuditedAct.Of(context).Begin(parcel.Subject, reason: reason));
        return await patience.Act(parcel.Grain.Close(parcel.EbpCode, reason)) is { } needless
            ? DoorProblems.Problem(StatusOf(needless), needless.Code, needless.Text)
            : Results.Json(await parcel.Show(patience));
    }

    static string WhatIsResent(DocumentType type, string? number) =>
        number is null ? WireName.Of(type) : $"{WireName.Of(type)} {number}";

    static int StatusOf(Problem refusal) =>
        refusal.Code == ProblemCode.DocumentNotFound
            ? StatusCodes.Status404NotFound
            : StatusCodes.Status409Conflict;

    static bool IsParameter(string name) => Parameters.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The type by the name that JSON has for it.</summary>
    static DocumentType? TypeOf(string name)
    {
        foreach (var type in Enum.GetValues<DocumentType>())
        {
            if (WireName.Of(type) == name)
                return type;
        }
        return null;
    }

    static IResult WhichDocument(string chinese, string english)
    {
        var names = string.Join(", ", Enum.GetValues<DocumentType>().Select(type => WireName.Of(type)));
        return DoorProblems.Malformed(
            ProblemCode.QueryIncomplete,
            $"{chinese}请给出 document，取值 {names} 之一；同类单证有多份时另给其编号 number。{english}Give document, one of {names}, and number where there are several of it, each once."
        );
    }

    static CloseRequest? Read(byte[] body, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<CloseRequest>(body, options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
