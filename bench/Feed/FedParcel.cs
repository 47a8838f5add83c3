namespace ClearanceEngine.Bench.Feed;

/// <summary>A document as bytes, ready to be put into a message of its lane.</summary>
/// <param name="Lane">Documents of one lane may share a message.</param>
/// <param name="Content">The document's element.</param>
/// <param name="Serials">Parcels that it belongs to: one, or those of an inbound note.</param>
sealed record FedDocument(int Lane, byte[] Content, int[] Serials);

/// <summary>A parcel of the feed. The number is part of all its keys.</summary>
/// <param name="Documents">What starts to come with it: its own documents, and the inbound notes of which it is the last.</param>
/// <param name="DocumentCount">Documents that it has, its inbound note included.</param>
sealed record FedParcel(int Serial, FedDocument[] Documents, int DocumentCount);
