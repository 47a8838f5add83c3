using System.Diagnostics;
using System.Text;
using ClearanceEngine.Signing;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>What tests of signing share.</summary>
static class SigningTest
{
    public const string Participant = "9999900002";

    public static byte[] Message(int number = 0) =>
        Encoding.UTF8.GetBytes(
            $"<ceb:CEB411Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" guid=\"G{number}\" version=\"1.0\"><ceb:Payment>虚构</ceb:Payment></ceb:CEB411Message>"
        );

    /// <summary>Waits for what other threads do, and says what it waited for in vain.</summary>
    public static async Task Eventually(Func<bool> reached, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"not reached: {what}");
            await Task.Delay(5);
        }
    }
}
