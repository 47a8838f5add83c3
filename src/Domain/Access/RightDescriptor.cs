namespace ClearanceEngine.Access;

/// <summary>What a right is called.</summary>
/// <param name="Right">The right.</param>
/// <param name="Resource">On what, on the wire: <c>parcels</c>.</param>
/// <param name="Act">Which act, on the wire: <c>read</c>.</param>
/// <param name="Words">What it allows, as a verb with its object, without a stop: it stands in a table and within sentences.</param>
public sealed record RightDescriptor(Right Right, string Resource, string Act, ProblemWords Words)
{
    /// <summary>Resource and act in one word, for example <c>parcels:read</c>: the name of the right in policies and texts.</summary>
    public string Name => $"{Resource}:{Act}";
}
