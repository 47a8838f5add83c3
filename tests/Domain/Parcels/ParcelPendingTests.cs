using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Whoever looks at a parcel sees what it waits for, why, and until when.</summary>
public class ParcelPendingTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    ParcelView View => ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!;

    [Fact]
    public void The_outbox_says_what_is_to_be_done_and_when_it_is_tried_again()
    {
        _world.Submit(_world.Sample.Order());

        var order = Assert.Single(View.Outbox!, p => p.Document == DocumentType.Order);
        Assert.Equal("order/1", order.Id);
        Assert.Equal("to-customs", order.Reason);
        Assert.Equal(_world.Now, order.Since);
        Assert.Equal(_world.Now + ParcelWorld.Rules.Options.RedriveAfter, order.Due);
        Assert.Equal(View.OutboxIds, View.Outbox!.Select(p => p.Id));
    }

    [Fact]
    public void A_document_of_a_signed_message_waits_for_the_others_in_it()
    {
        _world.SubmitIn("signed", _world.Sample.Order());
        Assert.Contains(View.Outbox!, p =>
            p is { Reason: "in-signed-message", Document: DocumentType.Order }
        );
    }

    [Fact]
    public void A_document_that_is_kept_back_names_those_that_customs_must_accept_first()
    {
        _world.Submit(_world.Sample.Waybill());
        _world.Submit(_world.Sample.Order());

        var waybill = Assert.Single(View.Awaited!, p => p.Reason == "documents-before-it");
        Assert.Equal(DocumentType.Waybill, waybill.Document);
        Assert.Null(waybill.Due);
        Assert.Contains("order, payment", waybill.Text, StringComparison.Ordinal);
    }

    /// <summary>The look may fail for ever; nothing is written for it, and whoever asks sees since when it is tried.</summary>
    [Fact]
    public void A_waybill_that_waits_for_the_look_for_others_that_have_it_says_so_until_that_was_made()
    {
        var sample = _world.Sample;
        foreach (var document in (CebDocument[])[sample.Order(), sample.Payment()])
            _world.Submit(document);
        _world.Settle();
        foreach (var type in (DocumentType[])[DocumentType.Order, DocumentType.Payment])
            _world.Answer(type, 2);
        _world.Submit(sample.Waybill());

        var look = _world.State.Outbox.OfType<SeekUnmatched>().Single();
        var waybill = Assert.Single(View.Awaited!, p => p.Document == DocumentType.Waybill);
        Assert.Equal(("look-before-it", look.Since), (waybill.Reason, waybill.Since));
        Assert.Equal(_world.State.RedriveAt, waybill.Due);

        _world.Decide(new Sought(look.Id, [], []));
        Assert.DoesNotContain(View.Awaited!, p => p.Reason == "look-before-it");
        Assert.Contains(View.Outbox!, p => p is { Reason: "to-customs", Document: DocumentType.Waybill });
    }

    [Fact]
    public void What_customs_has_not_answered_names_the_time_at_which_it_is_asked()
    {
        _world.Submit(_world.Sample.Order());
        _world.Settle();

        var order = Assert.Single(View.Awaited!);
        Assert.Equal("answer-of-customs", order.Reason);
        Assert.Equal(_world.State[DocumentType.Order]!.AskAt, order.Due);
        Assert.Empty(View.Outbox!);
    }

    [Fact]
    public void A_staged_document_is_told_from_one_that_is_on_its_way()
    {
        _world.Submit((_world.Sample with { AppStatus = "1" }).Order());
        Assert.Contains(View.Awaited!, p => p is { Reason: "staged", Document: DocumentType.Order });
    }

    [Fact]
    public void Neither_an_id_number_nor_the_key_of_a_person_is_shown()
    {
        var sample = _world.Sample;
        foreach (
            var document in (CebDocument[])[sample.Order(), sample.Payment(), sample.Waybill(), sample.List()]
        )
            _world.Submit(document);

        Assert.Contains(View.Outbox!, p => p.Reason == "quota");
        var shown = JsonSerializer.Serialize(View);
        Assert.DoesNotContain(sample.List()[InventoryHead.BuyerIdNumber]!, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(_world.State.Quota!.Subscriber, shown, StringComparison.Ordinal);
    }
}
