using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Cancellation and return name the list of their parcel, its companies, buyer, waybill and goods, and come in time (45号).</summary>
public class FollowUpTests
{
    const string Stranger = "9999900077";

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    CebDocument Return(params (int Line, int Quantity)[] lines) =>
        _world.Sample.Return(ParcelPaths.InvtNo, lines);

    [Theory]
    [InlineData("agentCode", "9999900097")]
    [InlineData("ebcCode", "9999900098")]
    [InlineData("logisticsCode", "9999900099")]
    [InlineData("logisticsNo", "WB-OTHER")]
    [InlineData("buyerIdNumber", "110101199003070011")]
    [InlineData("buyerName", "他人")]
    [InlineData("copNo", "COP-OTHER")]
    [InlineData("preNo", "B9")]
    public void What_differs_from_the_list_is_refused_without_telling_what_the_list_says(
        string field,
        string value
    )
    {
        _world.Release();
        foreach (var type in (DocumentType[])[DocumentType.Cancellation, DocumentType.Return])
        {
            if (type == DocumentType.Return)
                _world.Decide(new GoodsDeparted(_world.Now));
            var document =
                type == DocumentType.Return ? Return((1, 1)) : _world.Sample.Cancellation(ParcelPaths.InvtNo);
            var reply = _world.SubmitBy(
                "9999900005",
                document.With(document.Schema.Head.Find(field)!, value)
            );
            var problem = Assert.Single(reply.Problems);
            Assert.Equal(("differs-from-list", field), (problem.Code, problem.Field));
            var list = _world.State.Live(DocumentType.DeclarationList)!;
            if (list.Schema.Head.Find(field) is { } listed && list[listed] is { } told)
                Assert.DoesNotContain(told, problem.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Neither does it hear whether there is a list, nor by which field its own is not that: it could try out who the buyer is.</summary>
    [Theory]
    [InlineData("invtNo", "99992026I000000009")]
    [InlineData("buyerIdNumber", "110101199003070011")]
    [InlineData("buyerName", "他人")]
    [InlineData("logisticsNo", "WB-OTHER")]
    [InlineData("copNo", "COP-OTHER")]
    public void A_stranger_to_the_list_hears_the_same_whatever_differs(string field, string value)
    {
        var nothing = new ParcelWorld(ParcelWorld.Bonded).SubmitBy(
            Stranger,
            _world.Sample.Cancellation(ParcelPaths.InvtNo)
        );
        _world.Release();
        var cancellation = _world.Sample.Cancellation(ParcelPaths.InvtNo);

        var reply = _world.SubmitBy(
            Stranger,
            cancellation.With(cancellation.Schema.Head.Find(field)!, value)
        );

        var problem = Assert.Single(reply.Problems);
        Assert.Equal(("list-not-found", null), (problem.Code.Text, problem.Field));
        Assert.Equal(problem, Assert.Single(nothing.Problems));
        Assert.Equal(nothing.Status, reply.Status);
    }

    [Fact]
    public void The_lines_of_a_return_are_compared_for_who_knows_the_list()
    {
        Departed();
        var tooMany = Return((1, 3));

        Assert.Equal("returned-too-much", Assert.Single(_world.Submit(tooMany).Problems).Code);
        Assert.Equal("list-not-found", Assert.Single(_world.SubmitBy(Stranger, tooMany).Problems).Code);
    }

    [Fact]
    public void Where_declarants_number_their_follow_ups_the_number_is_their_own()
    {
        var world = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = new CustomsPortOptions { FollowUpsNameListCopNo = false },
            }
        );
        world.Release();
        var cancellation = world.Sample.Cancellation(ParcelPaths.InvtNo).With(InvtCancel.CopNo, "CAN-1");
        Assert.Equal(SubmissionOutcome.Accepted, world.Submit(cancellation).Outcome);
    }

    [Theory]
    [InlineData("gname", "别的商品", "returned-goods-differ")]
    [InlineData("unit", "999", "returned-goods-differ")]
    [InlineData("qty", "0", "returned-nothing")]
    [InlineData("gcode", "9999999999", "line-not-found")]
    public void The_goods_of_a_return_are_those_of_the_list(string field, string value, string code)
    {
        Departed();
        var document = Return((1, 1));
        var line = document.Schema.Line!;
        var changed = document
            .WithLines([])
            .AddLine([.. line.Fields.Select(f => (f, f.Name == field ? value : document[0, f]))]);
        Assert.Equal(code, Assert.Single(_world.Submit(changed).Problems).Code);
    }

    [Fact]
    public void Lines_of_one_return_that_speak_of_one_line_of_the_list_are_added_up()
    {
        Departed();
        var problem = Assert.Single(_world.Submit(Return((1, 1), (1, 2))).Problems);
        Assert.Equal(("returned-too-much", 2), (problem.Code.Text, problem.Line));
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(Return((1, 1), (1, 1))).Outcome);
    }

    /// <summary>One of two, then the other one: the second return says what the first said.</summary>
    [Fact]
    public void A_second_return_of_as_many_of_the_same_goods_is_another_return()
    {
        Departed();
        _world.Submit(Return((1, 1)));
        _world.Settle();
        _world.Answer(DocumentType.Return, 800);
        Assert.Equal(ParcelStatus.PartlyReturned, _world.State.Status);

        var second = (_world.Sample with { Revision = 2 }).Return(ParcelPaths.InvtNo, (1, 1));
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(second).Outcome);
        Assert.Equal(ParcelStatus.ReturnRequested, _world.State.Status);
    }

    [Theory]
    [InlineData(30, true, SubmissionOutcome.Accepted)]
    [InlineData(31, true, SubmissionOutcome.Refused)]
    [InlineData(31, false, SubmissionOutcome.Accepted)]
    public void A_return_is_applied_for_within_thirty_days_of_the_release(
        int days,
        bool isChecked,
        SubmissionOutcome outcome
    )
    {
        var world = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = new CustomsPortOptions { ReturnPeriods = isChecked },
            }
        );
        world.Release();
        world.Decide(new GoodsDeparted(world.Now));
        world.Now = world.State.ReleasedAt!.Value.AddDays(days);
        var reply = world.Submit(world.Sample.Return(ParcelPaths.InvtNo, (1, 1)));
        Assert.Equal(outcome, reply.Outcome);
        if (outcome == SubmissionOutcome.Refused)
            Assert.Equal("return-too-late", Assert.Single(reply.Problems).Code);
    }

    [Fact]
    public void A_return_that_customs_has_not_ended_after_forty_five_days_is_an_open_problem_until_it_has()
    {
        Departed();
        _world.Submit(Return((1, 1)));
        _world.Settle();
        var release = _world.State.ReleasedAt!.Value;
        while (_world.State.TimeDueAt < release.AddDays(45))
        {
            _world.Now = _world.State.TimeDueAt.Value;
            _world.Decide(new Woken());
            _world.Settle();
        }
        Assert.Empty(_world.State.Problems);
        _world.Now = _world.State.TimeDueAt!.Value;
        _world.Decide(new Woken());
        _world.Settle();
        Assert.Equal("return-overdue", Assert.Single(_world.State.Problems).Code);

        _world.Answer(DocumentType.Return, 800);
        Assert.Equal(ParcelStatus.PartlyReturned, _world.State.Status);
        Assert.Empty(_world.State.Problems);
    }

    [Fact]
    public void A_list_of_december_that_leaves_in_january_takes_of_the_new_years_quota()
    {
        _world.Now = new DateTimeOffset(2026, 12, 30, 4, 0, 0, TimeSpan.Zero);
        foreach (
            var document in (CebDocument[])
                [
                    _world.Sample.Order(),
                    _world.Sample.Payment(),
                    _world.Sample.Waybill(),
                    _world.Sample.List(),
                ]
        )
            _world.Submit(document);
        _world.Settle();
        Assert.Equal((ParcelStatus.Reserved, 2026), (_world.State.Status, _world.State.Quota!.Year));

        _world.Now = new DateTimeOffset(2027, 1, 2, 4, 0, 0, TimeSpan.Zero);
        foreach (var type in (DocumentType[])[DocumentType.Order, DocumentType.Payment, DocumentType.Waybill])
            _world.Answer(type, 2);
        Assert.Equal((ParcelStatus.Declared, 2027), (_world.State.Status, _world.State.Quota!.Year));
        Assert.Equal(0, _world.Standing.PendingFen);
    }

    void Departed()
    {
        _world.Release();
        Assert.Null(_world.Decide(new GoodsDeparted(_world.Now)).Refusal);
    }
}
