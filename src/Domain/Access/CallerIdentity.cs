namespace ClearanceEngine.Access;

/// <summary>Which caller it is, whatever it may do today: a name is somebody's only together with who vouched for it.</summary>
/// <param name="Kind">Who vouched.</param>
/// <param name="Name">Its name there.</param>
public readonly record struct CallerIdentity(CallerKind Kind, string Name);
