using System.Text;

namespace ClearanceEngine.Ceb;

/// <summary>The tags of an element in the canonical form of <see cref="CebWriter"/>, as bytes.</summary>
/// <param name="name">The element's name.</param>
sealed class CebTag(string name)
{
    public byte[] Start { get; } = Encoding.UTF8.GetBytes($"<ceb:{name}>");

    public byte[] End { get; } = Encoding.UTF8.GetBytes($"</ceb:{name}>");
}
