namespace ClearanceEngine.Silo.Storage;

/// <summary>Days counted from 1970-01-01, in UTC.</summary>
static class Days
{
    public static int Of(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);

    public static DateOnly Date(int day) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day));
}
