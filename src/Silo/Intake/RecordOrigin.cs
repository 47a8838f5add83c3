namespace ClearanceEngine.Silo.Intake;

/// <summary>By which way a declaration came, which may tell who sent it before its content does (ADR 031).</summary>
/// <param name="Topic">The topic that it was on.</param>
/// <param name="IsFromDoor">True when an HTTP door of this cluster put it there, which has asked its caller who it is.</param>
readonly record struct RecordOrigin(DeclarationTopic Topic, bool IsFromDoor)
{
    /// <summary>True when somebody vouches for the company that the message names; on a shared topic only its signature does.</summary>
    public bool IsSenderKnown => IsFromDoor || Topic.Owner is not null;
}
