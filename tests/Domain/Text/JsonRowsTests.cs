using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Where in a file the entries and their fields stand.</summary>
public class JsonRowsTests
{
    sealed record Entry(string Name, string[]? Modes);

    [Fact]
    public void Entries_fields_and_items_stand_on_their_lines()
    {
        var rows = Read(
            """
            [ // ours
              { "Name": "a",
                "Modes": [ "x",
                  "y" ] },

              { "Modes": null,
                "Name": "b" }, 7
            ]
            """
        );

        Assert.Equal([2, 6], rows.Rows.Select(r => r.Line));
        Assert.Equal(
            [("Name", 2), ("Modes", 3), ("Modes[0]", 3), ("Modes[1]", 4)],
            rows.Rows[0].Lines.Select(l => (l.Key, l.Value))
        );
        Assert.Equal([("Modes", 6), ("Name", 7)], rows.Rows[1].Lines.Select(l => (l.Key, l.Value)));
        Assert.Equal((7, "$[2]"), rows.Faults.Select(f => (f.Line, f.Path)).Single());
    }

    /// <summary>To count its lines from the beginning for every field would take minutes.</summary>
    [Fact]
    public void A_large_file_is_read_in_the_time_of_its_bytes()
    {
        const int Entries = 50_000;
        var json = new StringBuilder("[\n");
        var filler = new string('n', 600);
        for (var i = 0; i < Entries; i++)
            json.Append("{ \"Name\": \"").Append(filler).Append("\", \"Modes\": [\"x\", \"y\"] },\n");
        json.Append(']');

        var since = Stopwatch.GetTimestamp();
        var rows = Read(json.ToString());

        Assert.Empty(rows.Faults);
        Assert.Equal(Entries + 1, rows.Rows[^1].Lines["Modes[1]"]);
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    static JsonRows<Entry> Read(string json) =>
        JsonRows.Read<Entry>(Encoding.UTF8.GetBytes(json), new JsonSerializerOptions());
}
