using ClearanceEngine.Streams.Kafka;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Makes event streams.</summary>
sealed class ChangeStreams(
    ChangesOptions options,
    CredentialCheck credentials,
    IPartWatch parts,
    IHostApplicationLifetime host,
    IOptions<JsonOptions> json,
    TimeProvider time
)
{
    /// <param name="reader">Where it begins; the stream disposes it.</param>
    /// <param name="place">Given back when the stream ends.</param>
    public IResult Of(ChangeReader reader, IDisposable place) =>
        new ChangeStream(
            reader,
            place,
            new StreamTerms(
                options,
                context => credentials.StillMay(context, reader.Participant),
                error => parts.Away(error) is not null,
                json.Value.SerializerOptions,
                time,
                host.ApplicationStopping
            )
        );
}
