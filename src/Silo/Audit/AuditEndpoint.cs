using ClearanceEngine.Audit;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Audit;

/// <summary><c>GET /api/v1/audit</c>: the trail, the newest first, a page at a time.</summary>
static class AuditEndpoint
{
    public static async Task<IResult> Show(HttpRequest request, AuditTrail trail, CancellationToken aborted)
    {
        var question = new AuditQuestion(request.Query);
        var query = question.Read();
        if (question.Faults.Length > 0)
            return DoorProblems.Malformed(ProblemCode.QueryIncomplete, question.Faults);

        // One more than is shown tells whether there is another page.
        var patience = RequestPatience.Of(request.HttpContext);
        var found = await patience.Ask(trail.Find(query with { Limit = query.Limit + 1 }, aborted));
        var shown = found.Take(query.Limit).ToArray();
        var next = found.Count > query.Limit ? AuditCursor.Of(shown[^1]) : null;
        return Results.Json(new AuditPage(shown, next));
    }
}
