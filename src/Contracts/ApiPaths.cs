namespace ClearanceEngine.Contracts;

/// <summary>Paths of the HTTP contract, as they are mapped; nobody else writes one (ADR 032).</summary>
public static class ApiPaths
{
    /// <summary>What this is, and what can be asked.</summary>
    public const string Front = "/";

    /// <summary>One CEB message. Without a version: the message has its own.</summary>
    public const string Messages = "/ceb";

    /// <summary>Whatever is asked of this contract's first version lies below.</summary>
    public const string Version = "/api/v1";

    /// <summary>Who the caller is.</summary>
    public const string Me = Version + "/me";

    /// <summary>What is handed on to a participant, as it comes.</summary>
    public const string Changes = Version + "/changes";

    /// <summary>The audit trail.</summary>
    public const string Audit = Version + "/audit";

    /// <summary>A person's year.</summary>
    public const string Quota = Version + "/quota";

    /// <summary>A parcel by a document of it.</summary>
    public const string Parcels = Version + "/parcels";

    /// <summary>A parcel by its name.</summary>
    public const string Parcel = Parcels + "/{ebpCode}/{orderNo}";

    /// <summary>Customs is asked now.</summary>
    public const string Ask = Parcel + "/ask";

    /// <summary>A document goes to customs again.</summary>
    public const string Resend = Parcel + "/resend";

    /// <summary>No more is done for the parcel.</summary>
    public const string Close = Parcel + "/close";

    /// <summary>The goods have left.</summary>
    public const string Departed = Parcel + "/departed";

    /// <summary>Answers while the process lives.</summary>
    public const string Live = "/health/live";

    /// <summary>Answers 200 while this silo can do its work.</summary>
    public const string Ready = "/health/ready";

    /// <summary>This contract as an OpenAPI document.</summary>
    public const string OpenApi = "/openapi/v1.json";

    /// <summary>This contract for people, and the way to a first parcel.</summary>
    public const string Docs = "/docs";
}
