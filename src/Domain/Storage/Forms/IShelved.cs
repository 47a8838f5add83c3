namespace ClearanceEngine.Storage.Forms;

/// <summary>Something large and unchanging that a state refers to: it is written once, to the journal (ADR 024).</summary>
public interface IShelved
{
    /// <summary>Its bytes; never written to.</summary>
    byte[] Packed { get; }
}
