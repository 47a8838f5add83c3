using System.Runtime.CompilerServices;

namespace ClearanceEngine.Tests;

/// <summary>
/// The development token makes an RSA key when it is first asked about a participant: on a loaded machine that takes
/// longer than the production default allows, and is no failure. So every engine that a test starts, in its own process
/// or in another, waits longer for an unknown key. An argument of the test goes before this.
/// </summary>
static class PatientToken
{
    [ModuleInitializer]
    internal static void Wait() => Environment.SetEnvironmentVariable("Hsm__LookupTime", "00:00:30");
}
