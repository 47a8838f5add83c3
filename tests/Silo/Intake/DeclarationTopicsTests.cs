using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Intake;

/// <summary>Which topics of declarations there are (ADR 031).</summary>
public class DeclarationTopicsTests
{
    [Fact]
    public void Shared_topics_are_those_of_all_kinds_and_nobody_has_one_of_its_own()
    {
        var topics = Names(TopicSharing.Shared);

        Assert.Equal(TopicNames.Declarations.Order(StringComparer.Ordinal), topics);
    }

    [Fact]
    public void A_participant_has_a_topic_for_each_kind_that_its_roles_may_send()
    {
        var topics = Names(TopicSharing.PerParticipant);

        Assert.Equal(["declarations.payment.9999900003"], Of(topics, SampleParcel.Payer));
        Assert.Equal(
            [
                "declarations.cancel.9999900004",
                "declarations.list.9999900004",
                "declarations.return.9999900004",
                "declarations.waybill.9999900004",
            ],
            Of(topics, SampleParcel.Carrier)
        );
        Assert.DoesNotContain("declarations.order", topics);
        // Not active: what it sends is refused now, and does not wait until it is active again.
        Assert.Contains("declarations.payment.9999900008", topics);
    }

    [Fact]
    public void Who_transmits_for_others_has_topics_of_their_kinds()
    {
        var payer = ParticipantRegistry.Development.Find(SampleParcel.Payer)!;
        var transmitter = new Participant
        {
            Code = "9999900010",
            Name = "IT",
            TransmitsFor = [payer.Code],
        };
        var registry = new ParticipantRegistry([payer, transmitter], "test");

        var topics = new DeclarationTopics(
            new IntakeOptions { Topics = TopicSharing.PerParticipant },
            registry,
            new CustomsPortOptions()
        );

        Assert.Contains(DeclarationTopic.Of(DocumentType.Payment, transmitter.Code), topics.All);
    }

    [Theory]
    [InlineData(TopicSharing.Shared, "9999900003", "declarations.payment")]
    [InlineData(TopicSharing.Both, "9999900003", "declarations.payment.9999900003")]
    [InlineData(TopicSharing.Both, "1111111111", "declarations.payment")]
    [InlineData(TopicSharing.PerParticipant, "9999900003", "declarations.payment.9999900003")]
    [InlineData(TopicSharing.PerParticipant, "9999900001", null)]
    [InlineData(TopicSharing.PerParticipant, "1111111111", null)]
    public void The_door_puts_a_message_on_its_senders_topic(
        TopicSharing sharing,
        string code,
        string? topic
    ) => Assert.Equal(topic, Topics(sharing).For(DocumentType.Payment, code)?.Name);

    [Theory]
    [InlineData("declarations.payment", null)]
    [InlineData("declarations.payment.9999900003", "9999900003")]
    [InlineData("declarations.waybill.91110000MA00000001", "91110000MA00000001")]
    public void A_name_is_read_as_it_was_written(string name, string? owner)
    {
        Assert.True(DeclarationTopic.TryParse(name, out var topic));
        Assert.Equal((name, owner), (topic.Value.Name, topic.Value.Owner));
    }

    [Theory]
    [InlineData("declarations.")]
    [InlineData("declarations.payment.")]
    [InlineData("declarations.payment.123")]
    [InlineData("declarations.payment.99999/0003")]
    [InlineData("declarations.payments")]
    [InlineData("declarations.nothing.9999900003")]
    [InlineData("customs.receipts")]
    public void Any_other_name_is_no_topic_of_declarations(string name) =>
        Assert.False(DeclarationTopic.TryParse(name, out _));

    static DeclarationTopics Topics(TopicSharing sharing) =>
        new(
            new IntakeOptions { Topics = sharing },
            ParticipantRegistry.Development,
            new CustomsPortOptions()
        );

    static string[] Names(TopicSharing sharing) =>
        [.. Topics(sharing).All.Select(t => t.Name).Order(StringComparer.Ordinal)];

    static IEnumerable<string> Of(string[] topics, string code) =>
        topics.Where(t => t.EndsWith($".{code}", StringComparison.Ordinal));
}
