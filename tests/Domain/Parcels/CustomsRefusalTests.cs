using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What customs refuses by numbers that no table has, and when it calls a buyer over the limit.</summary>
public class CustomsRefusalTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Theory]
    [InlineData(DocumentType.Order, -301020)]
    [InlineData(DocumentType.Order, -451)]
    [InlineData(DocumentType.Payment, -401099)]
    [InlineData(DocumentType.Waybill, -504999)]
    public void A_negative_number_beyond_the_table_refuses_its_document_with_customs_own_words(
        DocumentType type,
        int code
    )
    {
        SubmitFour();
        if (type == DocumentType.Waybill)
        {
            _world.Answer(DocumentType.Order, 2);
            _world.Answer(DocumentType.Payment, 2);
        }
        Say(type, code, "验签失败");

        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        Assert.Equal(0, _world.Standing.UsedFen);
        Assert.DoesNotContain(_world.Asked, q => q.Type == type);
        Assert.Null(_world.State[type]!.AskAt);
        var problem = Assert.Single(Problems());
        Assert.Equal(("customs-refused", type), (problem.Code, problem.Document));
        Assert.Contains($"{code}", problem.Text, StringComparison.Ordinal);
        Assert.Contains("验签失败", problem.Text, StringComparison.Ordinal);
        Assert.Contains(_world.HandedOn, r => r.Receipt[Field(r.Receipt, "returnStatus")] == $"{code}");
    }

    [Fact]
    public void A_refusal_is_an_open_problem_while_the_list_is_with_customs_and_none_once_it_is_released()
    {
        _world.Declare();
        Say(DocumentType.Order, -301020, "验签失败");
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Equal(DocumentType.Order, Assert.Single(Problems()).Document);
        Assert.Contains(_world.Submit(_world.Sample.Order()).Problems, p => p.Code == "customs-refused");

        _world.Answer(DocumentType.DeclarationList, 800, ParcelPaths.PreNo, ParcelPaths.InvtNo);
        Assert.Empty(Problems());
    }

    [Fact]
    public void A_number_of_the_table_that_means_wrong_state_is_still_doubt()
    {
        SubmitFour();
        _world.Answer(DocumentType.Order, -301011);
        Assert.NotEqual(ParcelStatus.Rejected, _world.State.Status);
        Assert.Contains(_world.Asked, q => q.Type == DocumentType.Order);
    }

    [Fact]
    public void An_unknown_number_of_the_list_is_asked_about_once_and_then_an_operators_problem()
    {
        _world.Declare();
        var unknown = Say(DocumentType.DeclarationList, -621999, "系统处理异常");
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Single(_world.Asked, q => q.Type == DocumentType.DeclarationList);
        Assert.Empty(Problems());

        for (var again = 0; again < 3; again++)
            _world.Decide(new ReceiptArrived(new CustomsAnswer(unknown, _world.Now)));
        Say(DocumentType.DeclarationList, -621999, "系统处理异常");

        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Equal(43_000, _world.Standing.PendingFen);
        Assert.Single(_world.Asked, q => q.Type == DocumentType.DeclarationList);
        Assert.Null(_world.State[DocumentType.DeclarationList]!.AskAt);
        Assert.Single(_world.State.Timeline, e => e.Event == "list-unclear");
        var problem = Assert.Single(Problems());
        Assert.Equal("customs-unclear", problem.Code);
        Assert.Contains("-621999", problem.Text, StringComparison.Ordinal);
        Assert.Contains("系统处理异常", problem.Text, StringComparison.Ordinal);

        _world.Answer(DocumentType.DeclarationList, 800, ParcelPaths.PreNo, ParcelPaths.InvtNo);
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        Assert.Empty(Problems());
    }

    [Theory]
    [InlineData(100, "[Code:1313;Desc:超出个人年度限额,totalPrice：26,114.44 > limitPrice: 26,000;]", true)]
    [InlineData(-621018, "超过个人年度交易限值", true)]
    [InlineData(-621005, "超过单次交易限值", true)]
    [InlineData(100, "[Code:1322;Desc:订单清单表体商品项不一致]", false)]
    [InlineData(100, "[Code:13131;Desc:其他]", false)]
    public void Whom_customs_calls_over_the_limit_is_known_to_be_over(int code, string words, bool isOver)
    {
        _world.Declare();
        Say(DocumentType.DeclarationList, code, words);

        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        Assert.Equal(QuotaStage.Voided, _world.State.Quota!.Stage);
        Assert.Equal(0, _world.Standing.UsedFen);
        Assert.Equal((isOver, isOver ? code : 0), (_world.Standing.KnownOver, _world.Standing.OverByCustoms));
        Assert.Equal(
            isOver,
            Assert.Single(Problems()).Text.Contains("ordinary trade", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_next_order_of_whom_customs_called_over_is_warned_of_and_says_that_customs_said_so()
    {
        var reply = _world.Decide(new DocumentArrived(Next(100))).Reply!;
        Assert.Equal((SubmissionOutcome.Accepted, ReceiptSource.Engine), (reply.Outcome, reply.Source));
        var words = reply.Receipt![OrderReturn.ReturnInfo]!;
        Assert.Contains("Customs itself refused a list of this buyer", words, StringComparison.Ordinal);
        Assert.Contains("海关", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, SubmissionOutcome.Refused)]
    [InlineData(-621018, SubmissionOutcome.Refused)]
    [InlineData(-621005, SubmissionOutcome.Accepted)]
    public void Where_the_port_refuses_one_dear_purchase_is_no_reason_to_refuse_the_next(
        int code,
        SubmissionOutcome outcome
    )
    {
        var customsPort = new CustomsPortOptions { Interception = Interception.Refuse };
        var strict = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = customsPort,
            }
        );
        var reply = strict.Decide(new DocumentArrived(Next(code))).Reply!;
        Assert.Equal(outcome, reply.Outcome);
        Assert.Contains($"({code})", reply.Receipt![OrderReturn.ReturnInfo]!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parcels_own_mismatch_receipt_is_the_engines_and_a_refusal_of_customs_is_customs()
    {
        _world.Declare();
        Say(DocumentType.DeclarationList, -621001, "[Code:1322;Desc:订单清单表体商品项不一致]");
        var repeat = _world.Submit(_world.Sample.List());
        Assert.Equal((SubmissionOutcome.Duplicate, ReceiptSource.Customs), (repeat.Outcome, repeat.Source));
        Assert.Equal("-621001", repeat.Receipt![InventoryReturn.ReturnStatus]);

        var other = new ParcelWorld(ParcelWorld.Bonded with { PaidFen = 1 });
        foreach (var document in Four(other.Sample))
            other.Submit(document);
        var own = other.Submit(other.Sample.List());
        Assert.Equal((SubmissionOutcome.Duplicate, ReceiptSource.Engine), (own.Outcome, own.Source));
        Assert.Equal("-621001", own.Receipt![InventoryReturn.ReturnStatus]);
    }

    Submission Next(int customsCode) =>
        new(
            DocumentType.Order,
            _world.Sample.Order(),
            SampleParcel.Message(_world.Sample.Order()).Transfer!,
            null,
            _world.Now,
            [],
            new OverLimit(0, 2_600_000, customsCode)
        );

    void SubmitFour()
    {
        foreach (var document in Four(_world.Sample))
            _world.Submit(document);
        _world.Settle();
    }

    static CebDocument[] Four(SampleParcel p) => [p.Order(), p.Payment(), p.Waybill(), p.List()];

    CebDocument Say(DocumentType type, int code, string words)
    {
        var receipt = _world.Receipt(type, code);
        receipt = receipt.With(Field(receipt, "returnInfo"), words);
        _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
        _world.Settle();
        return receipt;
    }

    IReadOnlyList<Problem> Problems() => ParcelViews.Problems(_world.State);

    static CebField Field(CebDocument document, string name) => document.Schema.Head.Find(name)!;
}
