using ClearanceEngine.Participants;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// Has the token asked at start, in the background, for the keys of all participants that it signs for: should it go
/// away later, messages signed with these keys are still known for what they are. One question at a time, so that a record
/// that needs an answer now waits behind one of these at most. Ends when each has been answered.
/// </summary>
sealed class KeyWarmUp(TokenSigner signer, IParticipantRegistry participants, TimeProvider time)
    : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var open = participants
            .All.Where(p => p is { Active: true, Signing: SigningMode.Cloud })
            .Select(p => p.Code)
            .ToList();
        while (open.Count > 0)
        {
            var unanswered = new List<string>();
            foreach (var participant in open)
            {
                if (!await signer.Prepare(participant, stoppingToken))
                    unanswered.Add(participant);
            }
            open = unanswered;
            await Task.Delay(Pause, time, stoppingToken);
        }
    }
}
