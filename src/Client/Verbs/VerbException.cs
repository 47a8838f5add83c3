namespace ClearanceEngine.Client.Verbs;

/// <summary>A verb cannot go on; the text says why and what to do, in both languages.</summary>
/// <param name="exitCode">How the command ends.</param>
/// <param name="code">Stable name of the problem, kebab-case.</param>
/// <param name="text">For people.</param>
/// <param name="inner">What was behind it.</param>
sealed class VerbException(int exitCode, string code, string text, Exception? inner = null)
    : Exception(text, inner)
{
    public int ExitCode { get; } = exitCode;

    public string Code { get; } = code;

    public static VerbException Refused(string code, string text) => new(CommandLine.Refused, code, text);

    public static VerbException Usage(string code, string text, Exception? inner = null) =>
        new(CommandLine.Usage, code, text, inner);
}
