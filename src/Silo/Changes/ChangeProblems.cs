using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Changes;

/// <summary>What the change feed answers when it does not give events.</summary>
static class ChangeProblems
{
    const string BeginAgain =
        "请从 after=oldest（最早）或 after=latest（最新）重新开始。Begin again at after=oldest or after=latest.";

    /// <summary>The caller speaks for several, or for all.</summary>
    public static IResult WhichParticipant() =>
        DoorProblems.Malformed(
            ProblemCode.QueryIncomplete,
            "请以参数 participant 指明企业代码：一条变更流只属于一家企业。Name the participant by its code (participant=…): a feed is of one."
        );

    /// <summary>The same for a company that there is and for one that there is not.</summary>
    public static IResult NotYours(string participant)
    {
        var quoted = Clip.Quote(participant);
        return DoorProblems.Problem(
            StatusCodes.Status403Forbidden,
            ProblemCode.ParticipantNotYours,
            $"本账户不能查看企业 {quoted} 的变更，GET /api/v1/me 列出可用的企业代码。This account may not read the changes of {quoted}; GET /api/v1/me lists the participants that it speaks for."
        );
    }

    /// <summary>Its topic has others' receipts, too, and a record does not say whose it is.</summary>
    public static IResult SharedTopic(string participant)
    {
        var quoted = Clip.Quote(participant);
        return DoorProblems.Problem(
            StatusCodes.Status403Forbidden,
            ProblemCode.ParticipantNotYours,
            $"企业 {quoted} 与其他企业共用回执主题（receiptTopic），只有能代表所有这些企业的账户可以查看；请为其单独设置主题。{quoted} shares its receipts topic (receiptTopic) with others: only who speaks for all of them may read it. Give it a topic of its own."
        );
    }

    public static IResult CursorInvalid() =>
        DoorProblems.Malformed(
            ProblemCode.CursorInvalid,
            $"游标无效，或属于另一家企业。The cursor is none of this participant's feed. {BeginAgain}"
        );

    public static IResult CursorGone() =>
        DoorProblems.Problem(
            StatusCodes.Status410Gone,
            ProblemCode.CursorGone,
            $"游标所指的记录已过保存期，或主题已重建：其间的变更无法补齐，请另以 GET /api/v1/parcels 核对包裹。The records behind the cursor are gone by retention, or the topic was made anew: what was between is lost to this feed, so look at the parcels themselves. {BeginAgain}"
        );

    public static IResult NoPlace(HttpContext context, PlaceRefusal refusal, ChangesOptions options)
    {
        var status =
            refusal == PlaceRefusal.Caller
                ? StatusCodes.Status429TooManyRequests
                : StatusCodes.Status503ServiceUnavailable;
        return DoorProblems.Later(
            context,
            status,
            ProblemCode.TooManyReaders,
            DoorProblems.RetryAfter,
            $"打开的变更流过多（每个调用方至多 {options.CallerReaders}），请关闭多余的，或稍后重试。Too many feeds are open, of yours (at most {options.CallerReaders}) or of all; close what you do not need, or come again in a moment."
        );
    }
}
