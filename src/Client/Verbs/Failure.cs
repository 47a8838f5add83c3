using System.Net;
using System.Text.Json;
using ClearanceEngine.Client.SignIn;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Client.Verbs;

/// <summary>How a command ends that could not do what it was asked.</summary>
/// <param name="ExitCode">See <see cref="CommandLine"/>.</param>
/// <param name="Code">Stable name of the problem, kebab-case.</param>
/// <param name="Text">What is wrong and what to do.</param>
sealed record Failure(int ExitCode, string Code, string Text)
{
    const string Away = "out-of-reach";

    /// <summary>The failure that an exception stands for; null for a mistake of ours, which is to be seen as it is.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="call">What was asked for.</param>
    public static Failure? Of(Exception exception, VerbCall call) =>
        exception switch
        {
            VerbException e => new(e.ExitCode, e.Code, e.Message),
            ClearanceException e => new(
                e.Status >= HttpStatusCode.InternalServerError ? CommandLine.OutOfReach : CommandLine.Refused,
                e.Code,
                SignInAdvice.Text(e, call)
            ),
            OperationCanceledException when call.Token.IsCancellationRequested => new(
                CommandLine.Stopped,
                "stopped",
                "已中止。Stopped by its user."
            ),
            HttpRequestException e => OutOfReach(
                $"{Cause(e)}。请启动引擎，或用 --url 指定其地址。Start the engine, or name its address by --url."
            ),
            KafkaException or KafkaUnavailableException => OutOfReach(exception.Message),
            OperationCanceledException or TimeoutException => OutOfReach(exception.Message),
            JsonException e => new(
                CommandLine.OutOfReach,
                Away,
                $"该地址答复的不是本引擎，请检查 --url。What answered is not the engine; check --url: {e.Message}"
            ),
            KafkaRefusedException e => new(CommandLine.Refused, "refused-by-kafka", e.Message),
            IOException or UnauthorizedAccessException => new(
                CommandLine.Usage,
                "file-unreadable",
                $"文件无法读取，请检查路径与权限。The file cannot be read; check its path and rights: {exception.Message}"
            ),
            _ => null,
        };

    /// <summary>
    /// Without a full stop of its own. Of a connection that broke .NET says only that sending failed; why is in the exception within.
    /// </summary>
    static string Cause(HttpRequestException exception) =>
        (exception.InnerException is IOException broken ? broken.Message : exception.Message).TrimEnd('.');

    static Failure OutOfReach(string why) =>
        new(CommandLine.OutOfReach, Away, $"无法连接 out of reach: {why}");
}
