using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Around every page: who is there, and whether a form is ours. A form is small, and read before it is looked at.</summary>
sealed class AccountFormFilter(AccountVisit visit) : IEndpointFilter
{
    const int FormBytes = 16 * 1024;

    static readonly FormOptions Form = new()
    {
        ValueCountLimit = 10,
        KeyLengthLimit = 64,
        ValueLengthLimit = 8 * 1024,
        BufferBodyLengthLimit = FormBytes,
    };

    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        await visit.Read(http);
        if (!HttpMethods.IsPost(http.Request.Method))
            return await next(context);
        if (http.Request.ContentLength is null or > FormBytes)
            return DoorProblems.TooLarge(FormBytes);
        if (!http.Request.HasFormContentType || !await IsOurs(http))
            return DoorProblems.Malformed(
                ProblemCode.BodyBroken,
                "表单已过期或并非来自本页，请重新打开页面再试。The form is too old, or not of this page; open the page again."
            );
        return await next(context);
    }

    async Task<bool> IsOurs(HttpContext context)
    {
        try
        {
            context.Features.Set<IFormFeature>(new FormFeature(context.Request, Form));
            await context.Request.ReadFormAsync(Form, context.RequestAborted);
            return await visit.IsOurForm(context);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
