using System.Diagnostics;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>One run of the demo: feeds the files phase by phase, shuffled, and looks at the parcels until each is where it should be.</summary>
sealed class DemoRun(
    IReadOnlyList<DemoFile> files,
    IReadOnlyList<DemoExpectation> expectations,
    IKafkaProducer producer,
    DeclarationTopics declarations,
    IGrainFactory grains,
    IAnsiConsole console
)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    readonly Dictionary<string, ParcelView?> _views = expectations.ToDictionary(
        e => e.OrderNo,
        _ => (ParcelView?)null,
        StringComparer.Ordinal
    );

    readonly Stopwatch _watch = new();

    /// <summary>0 only if every parcel reached its expected end within the deadline.</summary>
    public async Task<int> Play(TimeSpan deadline, CancellationToken cancellationToken)
    {
        console.ShowHidden();
        console.Line(
            $"[bold]ClearanceEngine[/] 演示 demo: {expectations.Count} 个包裹 parcels, {files.Count} 份报文 messages"
        );
        _watch.Start();
        if (console.Profile.Capabilities.Interactive)
            await Bars()
                .StartAsync(progress => PlayPhases(new BarsOfPhases(progress), deadline, cancellationToken));
        else
            await PlayPhases(new LinesOfPhases(console, _watch), deadline, cancellationToken);

        // Last look: a parcel that was to stay where it is must still be there.
        foreach (var expected in expectations)
            await Look(expected);
        var report = new DemoReport(expectations, _views);
        report.Print(console, _watch.Elapsed);
        return report.Missed.Count == 0 ? 0 : 1;
    }

    Progress Bars() =>
        console
            .Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new SpinnerColumn()
            );

    async Task PlayPhases(IPhaseWatch shown, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var phases = expectations.Select(e => e.Phase).Concat(files.Select(f => f.Phase));
        foreach (var phase in phases.Distinct().Order())
        {
            await Feed(phase, cancellationToken);
            await Await(phase, shown, deadline, cancellationToken);
        }
    }

    async Task Feed(int phase, CancellationToken cancellationToken)
    {
        var due = files.Where(f => f.Phase == phase).ToArray();
        new Random(phase).Shuffle(due);
        foreach (var file in due)
        {
            await producer.Produce(TopicOf(file).Name, null, file.Content, null, cancellationToken);
        }
    }

    /// <summary>Where the file's sender would send it; the samples are of participants that all are registered for what they send.</summary>
    DeclarationTopic TopicOf(DemoFile file)
    {
        var message = CebParser.Read(file.Content);
        var type = DocumentTypes.OfMessage(message.Type)!.Value;
        return declarations.For(type, message.Transfer!.CopCode)
            ?? throw new InvalidOperationException(
                $"There is no topic for {message.Schema.Root} of {file.Scenario}."
            );
    }

    async Task Await(int phase, IPhaseWatch shown, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var open = expectations.Where(e => LastPhase(e) == phase).ToList();
        shown.Begin(phase, open.Count);
        while (open.Count > 0 && _watch.Elapsed < deadline)
        {
            foreach (var expected in open.ToArray())
            {
                if (!DemoReport.IsSettled(expected, await Look(expected)))
                    continue;
                open.Remove(expected);
                shown.Advance();
            }
            await Task.Delay(BetweenLooks, cancellationToken);
        }
        shown.End();
    }

    /// <summary>What only ends with the next phase is not waited for in this one.</summary>
    int LastPhase(DemoExpectation expected) =>
        files.Where(f => f.Scenario == expected.Name).Select(f => f.Phase).Append(expected.Phase).Max();

    async Task<ParcelView?> Look(DemoExpectation expected)
    {
        var parcel = grains.Grain<IParcelGrain>(GrainKey.Parcels(expected.OrderNo));
        return _views[expected.OrderNo] = await parcel.Show(expected.EbpCode, Audience.All);
    }

    /// <summary>Shows how far a phase has come.</summary>
    interface IPhaseWatch
    {
        void Begin(int phase, int parcels);

        void Advance();

        void End();
    }

    sealed class BarsOfPhases(ProgressContext progress) : IPhaseWatch
    {
        ProgressTask? _task;

        public void Begin(int phase, int parcels) =>
            _task = progress.AddTask($"第 {phase} 批 phase {phase}", maxValue: parcels);

        public void Advance() => _task?.Increment(1);

        public void End() => _task?.StopTask();
    }

    /// <summary>For a file or a pipe: one line a phase.</summary>
    sealed class LinesOfPhases(IAnsiConsole console, Stopwatch watch) : IPhaseWatch
    {
        int _phase,
            _parcels,
            _done;

        public void Begin(int phase, int parcels)
        {
            _phase = phase;
            _parcels = parcels;
            _done = 0;
        }

        public void Advance() => _done++;

        public void End() =>
            console.Line(
                $"第 {_phase} 批 phase {_phase}: {_done}/{_parcels} ({watch.Elapsed.TotalSeconds:0.0} s)"
            );
    }
}
