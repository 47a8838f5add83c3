using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A page of <c>docs</c> that is written from the code. <c>CLEARANCE_WRITE_DOCS=docs</c> makes it anew instead of comparing.</summary>
static class WrittenPage
{
    public static void Agrees(string page, string written)
    {
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            File.WriteAllText(Path.Combine(Repository.Root, docs, page), written);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)), written);
    }
}
