namespace ClearanceEngine.Participants;

/// <summary>When a participant's messages must carry its signature; those of a participant that signs itself (<see cref="SigningMode.Own"/>) always must.</summary>
public enum SignatureRule
{
    /// <summary>On topics that others may write to, too; not on its own topic, nor by HTTP: there its identity is known already.</summary>
    OnSharedTopics,

    /// <summary>Wherever they come from.</summary>
    Always,

    /// <summary>Nowhere: whoever may write to a shared topic may then speak for it.</summary>
    Never,
}
