using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Every parcel has an end (rule 4, decision 7): what customs never got goes again, bounded; questions do not chase answers.</summary>
public class ResendTests
{
    const string PreNo = ParcelPaths.PreNo,
        InvtNo = ParcelPaths.InvtNo;

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    ParcelOptions Options => _world.UsedRules.Options;

    [Fact]
    public void What_nothing_came_of_after_so_many_questions_goes_again_with_the_same_content_and_guid()
    {
        _world.Declare();
        Wake(_world, DocumentType.DeclarationList, Options.QuestionsBeforeResend);
        Assert.Equal(["list/1"], Left(DocumentType.DeclarationList));
        Assert.Equal(3, Asked(DocumentType.DeclarationList));

        Wake(_world, DocumentType.DeclarationList, 1);
        Assert.Equal(["list/1", "list/1/r1"], Left(DocumentType.DeclarationList));
        Assert.Equal(3, Asked(DocumentType.DeclarationList));
        var lists = _world.Left.Where(d => d.Type == DocumentType.DeclarationList).ToArray();
        Assert.True(lists[0].Document.SameAs(lists[1].Document));
        Assert.Contains(_world.State.Timeline, e => e.Event == "list-sent-again");

        // The answer to either of the two is the answer.
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Equal((ParcelStatus.Released, 43_000), (_world.State.Status, _world.Standing.PostedFen));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    public void It_goes_again_only_so_often_and_not_at_all_where_the_option_says_so(int questions, int left)
    {
        var world = new ParcelWorld(ParcelWorld.Bonded, With(new() { QuestionsBeforeResend = questions }));
        world.Declare();
        Wake(world, DocumentType.DeclarationList, 40);
        Assert.Equal(left, world.Left.Count(d => d.Type == DocumentType.DeclarationList));
        Assert.NotNull(world.State.TimeDueAt); // it holds quota, so it is asked about
    }

    [Fact]
    public void What_customs_has_spoken_of_if_only_in_doubt_does_not_go_again()
    {
        foreach (var code in new[] { 2, -621004 })
        {
            var world = new ParcelWorld(ParcelWorld.Bonded);
            world.Declare();
            world.Answer(DocumentType.DeclarationList, code);
            Wake(world, DocumentType.DeclarationList, 12);
            Assert.Single(world.Left, d => d.Type == DocumentType.DeclarationList);
        }
    }

    [Fact]
    public void What_its_participant_signed_is_only_asked_about()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Settle();
        Wake(_world, DocumentType.Order, 12);
        _world.Now += TimeSpan.FromDays(1);
        _world.Submit(_world.Sample.Order());
        _world.Settle();
        _world.Answer(DocumentType.Order, -301003);
        Assert.Single(_world.Left);
        Assert.True(Asked(DocumentType.Order) >= 12);
    }

    [Theory]
    [InlineData(DocumentType.Order, -301003)]
    [InlineData(DocumentType.Order, -301005)]
    [InlineData(DocumentType.Payment, -401001)]
    [InlineData(DocumentType.Payment, -401004)]
    [InlineData(DocumentType.DeclarationList, -621006)]
    public void What_customs_says_it_never_got_goes_again_and_only_so_often(DocumentType type, int code)
    {
        if (type == DocumentType.DeclarationList)
            _world.Declare();
        else
            SubmitFour();
        for (var again = 1; again <= Options.MaxResends; again++)
        {
            _world.Answer(type, code);
            Assert.Equal(1 + again, Left(type).Length);
        }
        Assert.Equal(0, Asked(type));
        Assert.NotNull(_world.State[type]!.AskAt); // silence after it went again is asked about

        for (var again = 0; again < 5; again++)
            _world.Answer(type, code);
        Assert.Equal(1 + Options.MaxResends, Left(type).Length);
        Assert.Equal(1, Asked(type)); // nor is its own answer asked about
        Assert.NotEqual(ParcelStatus.Rejected, _world.State.Status);
    }

    [Theory]
    [InlineData(DocumentType.Order, -301003, -301010)]
    [InlineData(DocumentType.DeclarationList, -621006, 120)]
    public void What_customs_has_had_and_then_does_not_find_is_doubt(DocumentType type, int code, int before)
    {
        _world.Declare();
        _world.Answer(type, before);
        _world.Answer(type, code);
        Assert.Single(Left(type));
        Assert.Equal(1, Asked(type));
    }

    [Fact]
    public void A_repeated_receipt_that_nothing_was_found_sends_nothing_more()
    {
        _world.Declare();
        var receipt = _world.Receipt(DocumentType.DeclarationList, -621006);
        for (var i = 0; i < 3; i++)
        {
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
            _world.Settle();
        }
        Assert.Equal(["list/1", "list/1/r1"], Left(DocumentType.DeclarationList));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Its_owner_pushes_what_was_not_answered_for_long(bool newGuid)
    {
        _world.Declare();
        var list = newGuid ? (_world.Sample with { Revision = 2 }).List() : _world.Sample.List();
        _world.Now += Options.AnswerTimeout - TimeSpan.FromSeconds(1);
        Assert.Equal(SubmissionOutcome.Duplicate, _world.Submit(list).Outcome);
        _world.Settle();
        Assert.Equal(["list/1"], Left(DocumentType.DeclarationList));

        for (var pushes = 0; pushes < 6; pushes++)
        {
            _world.Now += Options.AnswerTimeout + TimeSpan.FromSeconds(2);
            Assert.Equal(SubmissionOutcome.Duplicate, _world.Submit(list).Outcome);
            _world.Settle();
        }
        Assert.Equal(["list/1", "list/1/r1", "list/1/r2", "list/1/r3"], Left(DocumentType.DeclarationList));
        Assert.Single(
            _world.Left.Where(d => d.Type == DocumentType.DeclarationList).Select(d => d.Document).Distinct()
        );
    }

    [Fact]
    public void A_push_of_what_was_answered_or_of_other_content_or_by_another_stays_a_question()
    {
        _world.Declare();
        _world.Now += 2 * Options.AnswerTimeout;
        _world.Submit(_world.Sample.Order()); // customs has answered it
        _world.Submit((_world.Sample with { Revision = 2, FreightFen = 500 }).List());
        _world.SubmitBy("9999900099", _world.Sample.List());
        _world.Settle();
        Assert.Equal(4, _world.Left.Count);
        Assert.Empty(_world.Asked);
    }

    [Fact]
    public void A_record_that_is_read_again_is_no_push()
    {
        _world.Submit(_world.Sample.Order());
        _world.Settle();
        var first = new Submission(
            DocumentType.Order,
            _world.Sample.Order(),
            SampleParcel.Message(_world.Sample.Order()).Transfer!,
            null,
            _world.Now,
            []
        );
        _world.Now += 2 * Options.AnswerTimeout;
        _world.Decide(new DocumentArrived(first));
        Assert.Empty(_world.State.Outbox);
        _world.Decide(new DocumentArrived(first with { ReceivedAt = _world.Now }));
        Assert.Equal("order/1/r1", Assert.Single(_world.State.Outbox).Id);
    }

    [Theory]
    [InlineData(PreNo, null)]
    [InlineData(null, InvtNo)]
    public void A_refusal_that_has_the_number_of_this_attempt_counts_whatever_the_clocks_say(
        string? preNo,
        string? invtNo
    )
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        var old = _world.Now - TimeSpan.FromHours(9);
        _world.Answer(DocumentType.DeclarationList, 100, preNo, invtNo, old);
        Assert.Equal((ParcelStatus.Rejected, 0), (_world.State.Status, _world.Standing.UsedFen));
        Assert.Equal(0, Asked(DocumentType.DeclarationList));
    }

    [Fact]
    public void A_refusal_without_a_number_of_this_attempt_is_still_doubted_by_its_time()
    {
        _world.Declare();
        var old = _world.Now - TimeSpan.FromHours(9);
        _world.Answer(DocumentType.DeclarationList, 100, PreNo, InvtNo, old);
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Equal(1, Asked(DocumentType.DeclarationList));
    }

    [Fact]
    public void Doubtful_answers_to_a_question_are_not_asked_about_again_before_its_time()
    {
        _world.Declare();
        for (var i = 0; i < 5; i++)
            _world.Answer(DocumentType.DeclarationList, -621004);
        Assert.Equal(1, Asked(DocumentType.DeclarationList));

        Wake(_world, DocumentType.DeclarationList, 1);
        for (var i = 0; i < 5; i++)
            _world.Answer(DocumentType.DeclarationList, -621010);
        Assert.Equal(2, Asked(DocumentType.DeclarationList));

        // News ends it, and a doubt after that is a new one.
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        _world.Answer(DocumentType.DeclarationList, -621004);
        Assert.Equal(3, Asked(DocumentType.DeclarationList));
    }

    [Fact]
    public void A_failure_that_lasts_is_not_asked_about_as_often_as_customs_answers()
    {
        _world.Declare();
        for (var i = 0; i < 10; i++)
            _world.Answer(DocumentType.DeclarationList, -621017);
        Assert.Equal(1 + Options.MaxResends, Left(DocumentType.DeclarationList).Length);
        Assert.Equal(1, Asked(DocumentType.DeclarationList));
        Assert.NotNull(_world.State[DocumentType.DeclarationList]!.AskAt);
    }

    [Fact]
    public void What_went_again_after_a_failure_and_is_not_answered_is_asked_about()
    {
        SubmitFour();
        _world.Answer(DocumentType.Order, -301013);
        Assert.Equal(["order/1", "order/1/r1"], Left(DocumentType.Order));
        Wake(_world, DocumentType.Order, 1);
        Assert.Equal(1, Asked(DocumentType.Order));
    }

    void SubmitFour()
    {
        var p = _world.Sample;
        foreach (var document in new[] { p.Order(), p.Payment(), p.Waybill(), p.List() })
            _world.Submit(document);
        _world.Settle();
    }

    static ParcelRules With(ParcelOptions options) => ParcelWorld.Rules with { Options = options };

    /// <summary>So many times the time comes to ask about this document.</summary>
    static void Wake(ParcelWorld world, DocumentType type, int times)
    {
        for (var i = 0; i < times && world.State[type]!.AskAt is { } due; i++)
        {
            world.Now = due;
            world.Decide(new Woken());
            world.Settle();
        }
    }

    string[] Left(DocumentType type) => [.. _world.Left.Where(d => d.Type == type).Select(d => d.Id)];

    int Asked(DocumentType type) => _world.Asked.Count(q => q.Type == type);
}
