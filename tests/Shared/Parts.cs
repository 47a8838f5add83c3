using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The real parts that some tests need. Missing ones skip the test on a developer's machine and fail it in CI.</summary>
static class Parts
{
    public static string? Postgres => Environment.GetEnvironmentVariable("CLEARANCE_TEST_POSTGRES");

    public static string? Kafka => Environment.GetEnvironmentVariable("CLEARANCE_TEST_KAFKA");

    public static string SoftHsm =>
        Environment.GetEnvironmentVariable("CLEARANCE_TEST_PKCS11_MODULE")
        ?? "/usr/lib/softhsm/libsofthsm2.so";

    public static void Require(bool there, string missing)
    {
        if (there)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"{missing}; CI must have it.");
        Assert.Skip($"{missing}.");
    }
}
