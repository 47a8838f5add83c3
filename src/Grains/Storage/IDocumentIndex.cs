namespace ClearanceEngine.Storage;

/// <summary>Finds the grains that hold a document by the names that other documents and receipts know it by.</summary>
public interface IDocumentIndex
{
    /// <summary>Looks up many names at once; concurrent calls share database round trips.</summary>
    /// <param name="keys">Names made by <see cref="IndexKey"/>.</param>
    /// <param name="fresh">
    /// True reads the database, past any cache: needed where a missing row decides something
    /// (a waybill looks for its parcel again after it was stored as waiting). Absence is never cached.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not a query that others share.</param>
    /// <returns>For each name that was found, the keys of its grains in ordinal order. Names not found are absent.</returns>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(
        IReadOnlyCollection<string> keys,
        bool fresh,
        CancellationToken cancellationToken = default
    );
}
