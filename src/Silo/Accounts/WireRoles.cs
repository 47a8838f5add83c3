using ClearanceEngine.Access;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Roles as they are stored: by their names on the wire, a space between two.</summary>
static class WireRoles
{
    public static string Write(IEnumerable<Role> roles) =>
        string.Join(' ', roles.Distinct().Order().Select(role => WireName.Of(role)));

    /// <summary>A role that this build does not know is passed over: a newer one wrote it.</summary>
    public static IEnumerable<Role> Read(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Named).OfType<Role>();

    /// <summary>The role of a name; null where there is none.</summary>
    public static Role? Named(string name)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            if (WireName.Of(role).Equals(name, StringComparison.OrdinalIgnoreCase))
                return role;
        }
        return null;
    }
}
