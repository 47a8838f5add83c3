using System.Collections.Immutable;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>Problems as they were told: who made the text masked it, knowing what each number in it is.</summary>
static class ProblemForm
{
    public static void WriteAll(FormWriter to, ImmutableArray<Problem> problems) =>
        ParcelForm.WriteAll(to, problems.IsDefault ? [] : problems, Write);

    public static ImmutableArray<Problem> ReadAll(FormReader from) => ParcelForm.ReadAll(from, Read);

    public static void Write(FormWriter to, Problem problem)
    {
        to.Text(problem.Code.Text);
        to.Number((int)problem.Document);
        to.Number(problem.Line ?? 0);
        to.Text(problem.Field);
        to.Text(problem.Text);
    }

    public static Problem Read(FormReader from)
    {
        var (code, document) = (ProblemCode.Written(from.Word()), (DocumentType)from.Small());
        var (line, field) = (from.Small(), from.Text());
        return new Problem(code, document, line == 0 ? null : line, field, "") { Text = from.Word() };
    }

    public static void WriteOptional(FormWriter to, Problem? problem)
    {
        to.Flag(problem is not null);
        if (problem is not null)
            Write(to, problem);
    }

    public static Problem? ReadOptional(FormReader from) => from.Flag() ? Read(from) : null;
}
