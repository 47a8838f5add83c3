using System.Buffers;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Tests.Forms;

static class FormBytes
{
    /// <summary>What a writer has, as an array.</summary>
    public static byte[] ToBytes(this FormWriter writer)
    {
        var form = new ArrayBufferWriter<byte>();
        writer.WriteTo(form);
        return form.WrittenSpan.ToArray();
    }
}
