using System.Runtime.InteropServices;

namespace ClearanceEngine.Tests;

/// <summary>Environment variables that native libraries see.</summary>
static class NativeEnvironment
{
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (setenv(name, value, 1) != 0)
            throw new InvalidOperationException($"The environment variable {name} could not be set.");
    }

#pragma warning disable CA5392, SYSLIB1054, CA2101, IDE1006 // libc, as it is called
    [DllImport("libc")]
    static extern int setenv(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite
    );
#pragma warning restore CA5392, SYSLIB1054, CA2101, IDE1006
}
