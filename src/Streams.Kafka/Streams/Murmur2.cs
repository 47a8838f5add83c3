using System.Buffers.Binary;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>The hash by which Kafka's Java producers, and librdkafka's partitioner <c>murmur2</c>, choose a key's partition (Austin Appleby's MurmurHash2, seed 0x9747b28c).</summary>
static class Murmur2
{
    const uint Seed = 0x9747b28c;
    const uint M = 0x5bd1e995;

    public static int Partition(ReadOnlySpan<byte> key, int partitions) =>
        (Hash(key) & 0x7fffffff) % partitions;

    public static int Hash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var hash = Seed ^ (uint)data.Length;
            while (data.Length >= 4)
            {
                var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
                k = (k ^ (k >> 24)) * M;
                hash = (hash * M) ^ k;
                data = data[4..];
            }
            if (data.Length > 2)
                hash ^= (uint)data[2] << 16;
            if (data.Length > 1)
                hash ^= (uint)data[1] << 8;
            if (data.Length > 0)
                hash = (hash ^ data[0]) * M;
            hash = (hash ^ (hash >> 13)) * M;
            return (int)(hash ^ (hash >> 15));
        }
    }
}
