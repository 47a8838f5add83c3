using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A place in the sources that is hard to read.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">What is wrong with it.</param>
sealed record HardPlace(int Line, string Text);

/// <summary>Finds what is hard to read in a source file by its shape. Pure.</summary>
static class SourceShape
{
    const int MostLines = 60,
        MostAssigned = 2,
        MostTernaries = 2;

    /// <param name="source">The text of a C# file.</param>
    public static IEnumerable<HardPlace> HardPlaces(string source) =>
        from node in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes()
        let fault = Fault(node)
        where fault is not null
        select new HardPlace(FirstLine(node), fault);

    static string? Fault(SyntaxNode node) =>
        node switch
        {
            BaseMethodDeclarationSyntax
            or LocalFunctionStatementSyntax
            or AccessorDeclarationSyntax when Length(node) > MostLines =>
                $"a method of {Length(node)} lines, at most {MostLines}: take its phases out",
            AssignmentExpressionSyntax { Left: TupleExpressionSyntax left }
                when Assigned(left) > MostAssigned =>
                $"an assignment of {Assigned(left)} at once, at most {MostAssigned}: a line each",
            ConditionalExpressionSyntax ternary when !IsBranch(ternary) && Chain(ternary) > MostTernaries =>
                $"a chain of {Chain(ternary)} ternaries, at most {MostTernaries}: early returns or a switch",
            AnonymousFunctionExpressionSyntax { Block: not null } lambda when IsWithinAnother(lambda) =>
                "a block lambda within a block lambda: give one of them a name",
            _ => null,
        };

    static int FirstLine(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>With its attributes, without the comment above it.</summary>
    static int Length(SyntaxNode node) =>
        node.GetLocation().GetLineSpan().EndLinePosition.Line + 2 - FirstLine(node);

    /// <summary>What is declared on the left is a deconstruction, and none of them.</summary>
    static int Assigned(TupleExpressionSyntax left) =>
        left.Arguments.Count(a => a.Expression is not DeclarationExpressionSyntax);

    static bool IsBranch(ConditionalExpressionSyntax ternary) =>
        ternary.Ancestors().SkipWhile(a => a is ParenthesizedExpressionSyntax).First()
        is ConditionalExpressionSyntax;

    static int Chain(ExpressionSyntax expression) =>
        expression switch
        {
            ParenthesizedExpressionSyntax inner => Chain(inner.Expression),
            ConditionalExpressionSyntax ternary => 1
                + Chain(ternary.Condition)
                + Chain(ternary.WhenTrue)
                + Chain(ternary.WhenFalse),
            _ => 0,
        };

    static bool IsWithinAnother(AnonymousFunctionExpressionSyntax lambda) =>
        lambda.Ancestors().OfType<AnonymousFunctionExpressionSyntax>().Any(a => a.Block is not null);
}
