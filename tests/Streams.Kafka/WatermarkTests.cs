using ClearanceEngine.Streams.Kafka;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests;

public class WatermarkTests
{
    [Fact]
    public void The_watermark_is_the_first_offset_that_is_not_done_whatever_the_order_and_the_gaps() =>
        Gen.Select(Gen.Long[1, 3].Array[1, 40], Gen.Int[0, 1_000])
            .Sample(
                (steps, seed) =>
                {
                    var offsets = steps.Aggregate(new List<long>(), (all, step) =>
                    {
                        all.Add((all.Count == 0 ? -1 : all[^1]) + step);
                        return all;
                    });
                    var watermark = new Watermark();
                    foreach (var offset in offsets)
                        watermark.Start(offset);
                    var order = offsets.ToArray();
                    new Random(seed).Shuffle(order);
                    var done = new HashSet<long>();
                    foreach (var offset in order)
                    {
                        watermark.Finish(offset);
                        done.Add(offset);
                        var open = offsets.Where(o => !done.Contains(o)).ToList();
                        long? oldest = open.Count == 0 ? null : open[0];
                        if (watermark.Oldest != oldest)
                            return false;
                        var passed = offsets.TakeWhile(done.Contains).ToList();
                        if (watermark.Position != (passed.Count == 0 ? null : passed[^1] + 1))
                            return false;
                    }
                    return watermark.Open == 0;
                }
            );

    [Fact]
    public void Finishing_twice_or_something_unknown_moves_nothing()
    {
        var watermark = new Watermark();
        watermark.Start(5);
        watermark.Start(7);
        Assert.False(watermark.Finish(7));
        Assert.False(watermark.Finish(7));
        Assert.False(watermark.Finish(3));
        Assert.True(watermark.Finish(5));
        Assert.Equal(8, watermark.Position);
        Assert.False(watermark.Finish(5));
    }

    [Fact]
    public void Offsets_only_rise()
    {
        var watermark = new Watermark();
        watermark.Start(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => watermark.Start(5));
    }
}
